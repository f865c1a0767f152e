/** Makes the archive of a backup out of what the agent of the user sends: checked, counted, and packed anew by root. */
import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { HostError } from '../../errors.ts'
import {
  MAX_PLAN_BYTES,
  MAX_REPORT_BYTES,
  PLAN_NAME,
  REPORT_NAME,
  SavePlan,
  SaveReport,
} from './agent-messages.ts'
import { type RawEntry, readEntries, readJson } from './archive-reader.ts'
import { createEntryJudge, invalid, type PlainEntry, type TarHeader } from './entry-rules.ts'
import {
  type BackupFacts,
  type Compression,
  FACTS_NAME,
  FORMAT_VERSION,
  MANIFEST_NAME,
  MAX_ENTRIES,
  type Manifest,
  type ManifestEntry,
} from './format.ts'
import { createTarWriter, type TarWriter } from './tar-writer.ts'

/** Files may grow between the moment they are counted and the moment they are read. */
const SPARE_BYTES = 67_108_864
const SPARE_PART = 0.25
/** A good deal smaller than gzip at its own default, at several times its speed. */
const ZSTD_LEVEL = 6

export type FactsInput = Omit<BackupFacts, 'format' | 'version' | 'maxEntries' | 'maxBytes'>

export interface PackedBackup {
  /** The file's bytes. */
  readonly stream: Readable
  /** Known when the stream has ended; fails when the stream does. */
  readonly manifest: Promise<Manifest>
}

/** @param tree what the agent's `save` writes */
export function packArchive(tree: Readable, input: FactsInput, compression: Compression): PackedBackup {
  const compressor =
    compression === 'gzip'
      ? createGzip()
      : createZstdCompress({
          params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
        })
  const archive = createTarWriter(compressor)
  const manifest = repack(tree, archive, input).catch((error: unknown) => {
    archive.fail(error)
    tree.destroy()
    throw error
  })
  // Who reads the stream hears of it there; the promise is looked at after that.
  manifest.catch(() => undefined)
  return { stream: compressor, manifest }
}

async function repack(tree: Readable, archive: TarWriter, input: FactsInput): Promise<Manifest> {
  const sent = readEntries(tree)
  const facts = await readPlan(sent, input)
  await putText(archive, FACTS_NAME, JSON.stringify(facts, null, 2), input)
  const entries: ManifestEntry[] = []
  const judge = createEntryJudge(facts.workspaceInConfig)
  let bytes = 0
  let report: { leftOut: Manifest['leftOut']; unsettled: string[] } | null = null
  for await (const raw of sent) {
    if (report !== null) throw invalid('the file helper went on after its report')
    if (raw.header.name === REPORT_NAME) {
      report = await readReport(raw)
      continue
    }
    const entry = judge(raw.header)
    bytes += entry.size
    if (entries.length >= facts.maxEntries || bytes > facts.maxBytes)
      throw new HostError('FILE_TOO_LARGE', {
        detail: 'the files grew too much while the backup was made; try again',
      })
    entries.push(await putEntry(archive, entry, raw, input))
  }
  if (report === null) throw invalid('the file helper ended without its report')
  const manifest: Manifest = { ...facts, entries, ...report }
  await putText(archive, MANIFEST_NAME, JSON.stringify(manifest), input)
  await archive.end()
  return manifest
}

async function readPlan(sent: AsyncGenerator<RawEntry>, input: FactsInput): Promise<BackupFacts> {
  const first = await sent.next()
  const plan =
    first.done || first.value.header.name !== PLAN_NAME ? null : await readJson(first.value, MAX_PLAN_BYTES)
  if (!SavePlan.Check(plan)) throw invalid('the file helper sent no plan')
  return {
    format: 'razroom-panel-backup',
    version: FORMAT_VERSION,
    ...input,
    maxEntries: Math.min(MAX_ENTRIES, plan.entries),
    maxBytes: plan.bytes + Math.ceil(plan.bytes * SPARE_PART) + SPARE_BYTES,
  }
}

async function readReport(raw: RawEntry): Promise<Pick<Manifest, 'leftOut' | 'unsettled'>> {
  const report = await readJson(raw, MAX_REPORT_BYTES)
  if (!SaveReport.Check(report)) throw invalid('the file helper sent no report')
  const { leftOut, leftOutCount, unsettled } = report
  const more = leftOutCount - leftOut.length
  return { leftOut: more > 0 ? [...leftOut, { path: '...', why: `and ${more} more` }] : leftOut, unsettled }
}

/** Owner and times are those of the user, so that a person who unpacks it as root gets them right. */
function headerOf(entry: PlainEntry, { mtime = new Date(0) }: TarHeader, user: string): TarHeader {
  return { name: entry.path, mode: entry.mode, mtime, uname: user, gname: user }
}

async function putEntry(
  archive: TarWriter,
  entry: PlainEntry,
  { header, body }: RawEntry,
  { user }: FactsInput,
): Promise<ManifestEntry> {
  const own = headerOf(entry, header, user)
  const mtime = Math.floor((own.mtime?.getTime() ?? 0) / 1000)
  const { path, mode, size, target } = entry
  if (entry.type === 'file') {
    const hash = createHash('sha256')
    await archive.file({ ...own, size }, hashed(body, hash))
    return { path, type: 'file', size, mode, mtime, sha256: hash.digest('hex') }
  }
  const kind: Partial<TarHeader> =
    entry.type === 'link' ? { type: 'symlink', linkname: target } : { type: 'directory' }
  await archive.empty({ ...own, ...kind })
  return entry.type === 'link'
    ? { path, type: 'link', target, mtime }
    : { path, type: 'directory', mode, mtime }
}

function putText(
  archive: TarWriter,
  name: string,
  text: string,
  { createdAt, user }: FactsInput,
): Promise<void> {
  const header: TarHeader = { name, mode: 0o600, mtime: new Date(createdAt), uname: user, gname: user }
  return archive.bytes(header, Buffer.from(text))
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}
