/** Earlier versions of the gateway's files, as the panel keeps them. */
import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false } as const

/** The files of which versions are kept: `.env` and razroom.json. */
export const VersionedFile = Type.Enum(['env', 'config'])
export type VersionedFile = Static<typeof VersionedFile>

/** Versions kept of each file; the last one known to have started a gateway is kept beyond that. */
export const KEPT_VERSIONS = 50

/** Who wrote a version. `outside`: an editor, a script, the gateway itself. */
export const VersionAuthor = Type.Enum(['page', 'cli', 'api', 'wizard', 'outside'])
export type VersionAuthor = Static<typeof VersionAuthor>

export const VersionId = Type.String({ pattern: '^[0-9]{1,15}-[0-9a-f]{8}$' })

export const FileVersion = Type.Object({
  id: VersionId,
  at: Type.String({ description: 'ISO time it was written, or noticed' }),
  by: VersionAuthor,
  /** What wrote it, where it was not an edit: an operation, for example rotate-token. */
  reason: Type.Optional(Type.String()),
  etag: Type.String({ description: 'as that of the file; "absent" when there was no file' }),
  sizeBytes: Type.Integer(),
  isCurrent: Type.Boolean({ description: 'the file is so now' }),
  provenAt: Type.Optional(Type.String({ description: 'ISO time when a gateway started with it answered' })),
  added: Type.Integer({ description: 'lines it has that the version before had not' }),
  removed: Type.Integer(),
})
export type FileVersion = Static<typeof FileVersion>

/** A line of a difference; `…` stands for lines that are the same. Secrets are masked. */
export const DifferenceLine = Type.Object({
  sign: Type.Enum(['+', '-', ' ', '…']),
  text: Type.String(),
})
export type DifferenceLine = Static<typeof DifferenceLine>

/** `previous`: what this version changed; `current`: what going back to it would change. */
export const DifferenceAgainst = Type.Enum(['previous', 'current'])
export type DifferenceAgainst = Static<typeof DifferenceAgainst>

export const versionParams = Type.Object({ id: VersionId }, strict)
export const versionQuery = Type.Object({ against: Type.Optional(DifferenceAgainst) }, strict)

export const VersionDifference = Type.Object({
  version: FileVersion,
  against: DifferenceAgainst,
  difference: Type.Array(DifferenceLine),
})
export type VersionDifference = Static<typeof VersionDifference>

/** Said again at least once a minute while the wizard runs. */
export const WizardMark = Type.Object({ state: Type.Enum(['running', 'ended']) }, strict)
export type WizardMark = Static<typeof WizardMark>

/** An offer to go back to the version with which a gateway started last. */
export const GoBack = Type.Object({
  file: VersionedFile,
  path: Type.String(),
  versionId: VersionId,
  provenAt: Type.String(),
})
export type GoBack = Static<typeof GoBack>
