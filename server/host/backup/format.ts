/**
 * What a backup is: a tar archive, compressed by zstd or gzip. Its first entry `backup.json` says what it is, then come
 * `config/...` and `workspace/...`, and its last entry `manifest.json` has the checksum of each of them: an archive
 * that was cut off has none.
 */
import Type, { type Static } from 'typebox'
import { BackupReason } from '../../../contract/backups.ts'
import { Settings } from '../../../contract/settings.ts'
import { compileLater } from '../compile-later.ts'

export const FACTS_NAME = 'backup.json'
export const MANIFEST_NAME = 'manifest.json'
export const FORMAT_VERSION = 1
/** Files and directories of one backup: their list is held in memory. */
export const MAX_ENTRIES = 250_000
/** 16 TiB: more than that is no gateway's. */
export const MAX_TOTAL_BYTES = 17_592_186_044_416
/** Of `backup.json`, in bytes. */
export const MAX_FACTS_BYTES = 65_536
/** Of `manifest.json`, in bytes: some 500 for each entry. */
export const MAX_MANIFEST_BYTES = 134_217_728
/** Where a kept list of names ends. */
export const MAX_NAMED = 200

const strict = { additionalProperties: false } as const
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Mode = Type.Integer({ minimum: 0, maximum: 0o777 })
/** Seconds since 1970. */
const Mtime = Type.Integer()
const Path = Type.String({ minLength: 1, maxLength: 4_096 })

export const ManifestEntry = Type.Union([
  Type.Object(
    {
      path: Path,
      type: Type.Literal('file'),
      size: Type.Integer({ minimum: 0 }),
      mode: Mode,
      mtime: Mtime,
      sha256: Sha256,
    },
    strict,
  ),
  Type.Object({ path: Path, type: Type.Literal('directory'), mode: Mode, mtime: Mtime }, strict),
  Type.Object({ path: Path, type: Type.Literal('link'), target: Path, mtime: Mtime }, strict),
])
export type ManifestEntry = Static<typeof ManifestEntry>

const LeftOut = Type.Object({ path: Type.String(), why: Type.String() }, strict)
export type LeftOut = Static<typeof LeftOut>

const facts = {
  format: Type.Literal('razroom-panel-backup'),
  version: Type.Literal(FORMAT_VERSION),
  createdAt: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$' }),
  panelVersion: Type.String({ maxLength: 64 }),
  reason: BackupReason,
  user: Type.String({ maxLength: 64 }),
  includesWorkspace: Type.Boolean(),
  /** Where the workspace lay below the config directory; null when elsewhere. Links are judged by it. */
  workspaceInConfig: Type.Union([Type.String({ maxLength: 4_096 }), Type.Null()]),
  settings: Settings,
  /** Bounds of what follows: a reader stops there. */
  maxEntries: Type.Integer({ minimum: 0, maximum: MAX_ENTRIES }),
  maxBytes: Type.Integer({ minimum: 0, maximum: MAX_TOTAL_BYTES }),
} as const

/** `backup.json`. */
export const BackupFacts = Type.Object(facts, strict)
export type BackupFacts = Static<typeof BackupFacts>

/** `manifest.json`: the same and all that is in the archive. */
export const Manifest = Type.Object(
  {
    ...facts,
    entries: Type.Array(ManifestEntry, { maxItems: MAX_ENTRIES }),
    /** What is not in the backup though it lay there: sockets, devices, links to elsewhere ... */
    leftOut: Type.Array(LeftOut),
    /** Files that changed each time while they were read: their bytes may be a mixture. */
    unsettled: Type.Array(Type.String()),
  },
  strict,
)
export type Manifest = Static<typeof Manifest>

export const FactsCheck = compileLater(BackupFacts)
export const ManifestCheck = compileLater(Manifest)

export type Compression = 'gzip' | 'zstd'

/** By the name of the file; null when it says neither. */
export function compressionOf(name: string): Compression | null {
  if (name.endsWith('.tar.zst')) return 'zstd'
  return name.endsWith('.tar.gz') || name.endsWith('.tgz') ? 'gzip' : null
}
