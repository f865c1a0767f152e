/** Reads a whole backup and holds it against its own manifest: the one way in for verifying, previews and restores. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { decompress, ENTRY_OVERHEAD_BYTES, type RawEntry, readEntries, readJson } from './archive-reader.ts'
import { createEntryJudge, invalid, type PlainEntry, type TarHeader } from './entry-rules.ts'
import {
  type BackupFacts,
  FACTS_NAME,
  FactsCheck,
  MANIFEST_NAME,
  MAX_FACTS_BYTES,
  MAX_MANIFEST_BYTES,
  type Manifest,
  ManifestCheck,
  type ManifestEntry,
} from './format.ts'

/** Before the bounds of the archive are known: its facts, and what the streams read ahead. In bytes. */
const FIRST_BYTES = 4_194_304

export interface ScannedEntry {
  readonly entry: PlainEntry
  readonly header: TarHeader
  /** Of a file; must be read to its end. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface ScanOptions {
  /** Takes each entry as it comes: it is not verified yet, only of a harmless kind. */
  readonly onEntry?: (scanned: ScannedEntry) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/**
 * @param file the bytes of the archive; destroyed at the end
 * @returns the manifest: when it returns, every entry was as the manifest has it, and nothing else was there
 * @throws {InputError} BACKUP_INVALID with the reason
 */
export async function scanArchive(file: Readable, options: ScanOptions = {}): Promise<Manifest> {
  const limit = { bytes: FIRST_BYTES }
  const tar = await decompress(file, limit)
  const entries = readEntries(tar)
  const facts = await readFacts(entries)
  limit.bytes += facts.maxBytes + facts.maxEntries * ENTRY_OVERHEAD_BYTES + MAX_MANIFEST_BYTES
  const seen: SeenEntry[] = []
  const judge = createEntryJudge(facts.workspaceInConfig)
  let manifest: Manifest | null = null
  let bytes = 0
  for await (const raw of entries) {
    options.signal?.throwIfAborted()
    if (manifest !== null) throw invalid('something follows its manifest')
    if (raw.header.name === MANIFEST_NAME) {
      manifest = await readManifest(raw)
      continue
    }
    const entry = judge(raw.header)
    bytes += entry.size
    if (seen.length >= facts.maxEntries) throw invalid('it has more entries than it says')
    if (bytes > facts.maxBytes) throw invalid('it has more bytes than it says')
    seen.push({ ...entry, sha256: await takeEntry(entry, raw, options) })
  }
  if (manifest === null) throw invalid('it is cut off: its manifest is missing')
  compareFacts(facts, manifest)
  compareEntries(seen, manifest.entries)
  return manifest
}

async function readFacts(entries: AsyncGenerator<RawEntry>): Promise<BackupFacts> {
  const first = await entries.next()
  if (first.done) throw invalid('it is empty')
  if (first.value.header.name !== FACTS_NAME) throw invalid('razroom-panel did not make it')
  const facts = await readJson(first.value, MAX_FACTS_BYTES)
  if (!FactsCheck.Check(facts)) {
    const version =
      typeof facts === 'object' && facts !== null && 'version' in facts ? facts.version : undefined
    throw invalid(
      typeof version === 'number' && version > 1
        ? 'a newer razroom-panel made it'
        : 'razroom-panel did not make it',
    )
  }
  return facts
}

/** Only what a backup says of itself: for a list of many. @throws {InputError} BACKUP_INVALID */
export async function readFactsOnly(file: Readable): Promise<BackupFacts> {
  const tar = await decompress(file, { bytes: FIRST_BYTES })
  const entries = readEntries(tar)
  try {
    return await readFacts(entries)
  } finally {
    tar.destroy()
    file.destroy()
  }
}

async function readManifest(raw: RawEntry): Promise<Manifest> {
  const manifest = await readJson(raw, MAX_MANIFEST_BYTES)
  if (!ManifestCheck.Check(manifest)) throw invalid('its manifest is not one')
  return manifest
}

type SeenEntry = PlainEntry & { readonly sha256: string }

async function takeEntry(
  entry: PlainEntry,
  { header, body }: RawEntry,
  options: ScanOptions,
): Promise<string> {
  const hash = createHash('sha256')
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      hash.update(chunk)
      yield chunk
    }
  }
  const whole = hashed()
  await options.onEntry?.({ entry, header, body: whole })
  for await (const _rest of whole);
  return entry.type === 'file' ? hash.digest('hex') : ''
}

function compareFacts(facts: BackupFacts, manifest: Manifest): void {
  for (const key of Object.keys(facts) as (keyof BackupFacts)[]) {
    if (JSON.stringify(facts[key]) !== JSON.stringify(manifest[key]))
      throw invalid(`${FACTS_NAME} and ${MANIFEST_NAME} differ (${key})`)
  }
}

function compareEntries(seen: readonly SeenEntry[], listed: readonly ManifestEntry[]): void {
  if (seen.length !== listed.length)
    throw invalid(`it has ${seen.length} entries, and its manifest ${listed.length}`)
  for (const [index, entry] of seen.entries()) {
    const other = listed[index]
    const what = other === undefined ? 'is not in its manifest' : difference(entry, other)
    if (what !== null) throw invalid(`${JSON.stringify(entry.path)}: ${what}`)
  }
}

function difference(entry: SeenEntry, listed: ManifestEntry): string | null {
  if (entry.path !== listed.path || entry.type !== listed.type) return 'is not what its manifest has there'
  if (listed.type === 'link')
    return entry.target === listed.target ? null : 'leads elsewhere than its manifest says'
  if (entry.mode !== listed.mode) return 'has another mode than its manifest says'
  if (listed.type === 'directory') return null
  if (entry.size !== listed.size) return 'has another size than its manifest says'
  return entry.sha256 === listed.sha256 ? null : 'its checksum is wrong'
}
