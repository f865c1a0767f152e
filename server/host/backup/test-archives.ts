/** Makes archives for tests: whole ones, and such as nobody honest would. */
import { createHash } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { defaultSettings } from '../../../contract/settings.ts'
import type { TarHeader } from './entry-rules.ts'
import type { BackupFacts, ManifestEntry } from './format.ts'
import { createTarWriter } from './tar-writer.ts'

export const FACTS: BackupFacts = {
  format: 'razroom-panel-backup',
  version: 1,
  createdAt: '2026-01-02T03:04:05.678Z',
  panelVersion: '0.1.0',
  reason: 'manual',
  user: 'razroom',
  includesWorkspace: true,
  workspaceInConfig: 'workspace',
  settings: defaultSettings(),
  maxEntries: 1_000,
  maxBytes: 1_000_000,
}

export interface TestEntry {
  readonly header: TarHeader
  readonly bytes?: Uint8Array
}

export const directory = (name: string, more: Partial<TarHeader> = {}): TestEntry => ({
  header: { name, type: 'directory', mode: 0o700, ...more },
})
export const file = (name: string, text: string, more: Partial<TarHeader> = {}): TestEntry => ({
  header: { name, mode: 0o600, ...more },
  bytes: Buffer.from(text),
})
export const link = (name: string, target: string): TestEntry => ({
  header: { name, type: 'symlink', mode: 0o777, linkname: target },
})
export const json = (name: string, value: unknown): TestEntry => file(name, JSON.stringify(value))

/** A tar archive of these entries, in this order. */
export async function tarOf(entries: readonly TestEntry[]): Promise<Buffer> {
  const out = new PassThrough()
  const archive = createTarWriter(out)
  const bytes = buffer(out)
  for (const { header, bytes: content } of entries) {
    if (content === undefined) await archive.empty(header)
    else await archive.bytes(header, content)
  }
  await archive.end()
  return bytes
}

/** What a manifest says of the entries, taken at their word. */
export function listed(entries: readonly TestEntry[]): ManifestEntry[] {
  return entries.map(({ header: { name: path, type, mode = 0, linkname }, bytes }): ManifestEntry => {
    if (type === 'symlink') return { path, type: 'link', target: linkname ?? '', mtime: 0 }
    if (bytes === undefined) return { path, type: 'directory', mode, mtime: 0 }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { path, type: 'file', size: bytes.length, mode, mtime: 0, sha256 }
  })
}

/** A whole backup with these entries; parts of it may be replaced. */
export function backupOf(
  entries: readonly TestEntry[],
  changes: { facts?: object; manifest?: object } = {},
): Promise<Buffer> {
  const facts = { ...FACTS, ...changes.facts }
  const manifest = { ...facts, entries: listed(entries), leftOut: [], unsettled: [], ...changes.manifest }
  return tarOf([json('backup.json', facts), ...entries, json('manifest.json', manifest)])
}

/** With the checksum that a backup has. */
export const zstd = (tar: Uint8Array): Buffer =>
  zstdCompressSync(tar, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
export const gzip = (tar: Uint8Array): Buffer => gzipSync(tar)
/** In small pieces, as a pipe brings them. */
export function streamOf(bytes: Uint8Array, size = 997): Readable {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size))
  return Readable.from(parts, { objectMode: false })
}
