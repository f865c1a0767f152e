/** Backups of config and workspace, and their way back. */
import Type, { type Static } from 'typebox'
import { HostPath } from './settings.ts'

const strict = { additionalProperties: false } as const

/** A file of the panel's own backup directory. */
export const BackupName = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$' })

export const BackupReason = Type.Enum(['manual', 'schedule', 'update', 'restore', 'adoption', 'purge'])
export type BackupReason = Static<typeof BackupReason>

export const BackupEntry = Type.Object({
  name: BackupName,
  path: Type.String(),
  createdAt: Type.String(),
  sizeBytes: Type.Integer(),
  reason: BackupReason,
  includesWorkspace: Type.Boolean(),
})
export type BackupEntry = Static<typeof BackupEntry>

/** Without a path the backup goes into the panel's own directory. */
export const BackupRequest = Type.Object(
  {
    path: Type.Optional(HostPath),
    includeWorkspace: Type.Optional(Type.Boolean()),
    scheduled: Type.Optional(
      Type.Boolean({
        description: 'as the schedule makes it: as its settings say, and old ones of it are removed',
      }),
    ),
  },
  strict,
)
export type BackupRequest = Static<typeof BackupRequest>

/** One of the two: a backup of the panel's directory, or a file of this machine (an upload too). */
export const RestoreRequest = Type.Object(
  {
    name: Type.Optional(BackupName),
    path: Type.Optional(HostPath),
    includeWorkspace: Type.Optional(Type.Boolean({ description: 'true unless said' })),
  },
  strict,
)
export type RestoreRequest = Static<typeof RestoreRequest>

export const RestoreFile = Type.Object({
  path: Type.String({ description: 'below the config or the workspace directory, for example config/.env' }),
  change: Type.Enum(['new', 'changed', 'same']),
  sizeBytes: Type.Integer(),
})
export type RestoreFile = Static<typeof RestoreFile>

/** What a restore would do; nothing has been changed for it. */
export const RestorePreview = Type.Object({
  createdAt: Type.String(),
  panelVersion: Type.String(),
  includesWorkspace: Type.Boolean(),
  files: Type.Array(RestoreFile, { description: 'at most 500, changed and new ones first' }),
  counts: Type.Object({ new: Type.Integer(), changed: Type.Integer(), same: Type.Integer() }),
  kept: Type.Integer({ description: 'files here that the backup does not have: they stay' }),
  changesToken: Type.Boolean(),
})
export type RestorePreview = Static<typeof RestorePreview>
