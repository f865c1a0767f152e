import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, type Header, pack } from 'tar-stream'

type Entry = readonly [header: Partial<Header> & Pick<Header, 'name'>, bytes: Buffer]

async function unpack(tar: Buffer): Promise<Entry[]> {
  const reader = extract()
  reader.end(tar)
  const entries: Entry[] = []
  for await (const entry of reader) {
    const { name, type, mode, mtime, linkname } = entry.header
    const parts: Buffer[] = []
    for await (const part of entry as AsyncIterable<Buffer>) parts.push(part)
    entries.push([{ name, type, mode, mtime, linkname }, Buffer.concat(parts)])
  }
  return entries
}

async function repack(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack()
  const whole = buffer(archive as unknown as NodeJS.ReadableStream)
  for (const [header, bytes] of entries) {
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve())
      if (header.type === 'file') archive.entry({ ...header }, bytes, done)
      else archive.entry({ ...header }, done)
    })
  }
  archive.finalize()
  return gzipSync(await whole, { level: 1 })
}

/** A real backup with one more entry, and a manifest that has it too. */
async function withEntry(entries: readonly Entry[], header: Entry[0], text = ''): Promise<Buffer> {
  const bytes = Buffer.from(text)
  const changed = entries.map(([own, content]): Entry => {
    if (own.name !== 'manifest.json') return [own, content]
    const manifest = JSON.parse(content.toString()) as { entries: object[] }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const { name: path, mode = 0o600 } = header
    const listed = { path, type: 'file', size: bytes.length, mode: mode & 0o777, mtime: 0, sha256 }
    return [own, Buffer.from(JSON.stringify({ ...manifest, entries: [...manifest.entries, listed] }))]
  })
  return repack([...changed.slice(0, -1), [{ mode: 0o600, ...header }, bytes], ...changed.slice(-1)])
}

/**
 * Archives that no restore may take, made out of a real one (gzip): what is wrong, the bytes, the reason given.
 * @param isFull with more places to cut it off and to flip a bit at
 */
export async function brokenArchives(
  whole: Buffer,
  isFull: boolean,
): Promise<(readonly [string, Buffer, RegExp])[]> {
  const entries = await unpack(gunzipSync(whole))
  const more = <T>(places: readonly T[]): readonly T[] => (isFull ? places : [])
  const cut = [0, Math.floor(whole.length / 2), whole.length - 1, ...more([1, 10, 500, whole.length - 9])]
  const flipped = [Math.floor(whole.length / 3), ...more([40, whole.length - 6])]
  const flip = (at: number): Buffer => Buffer.from(whole).fill((whole[at] ?? 0) ^ 4, at, at + 1)
  const changed = entries.map(([header, bytes]): Entry => {
    const isTool = header.name === 'config/tool'
    return [header, isTool ? Buffer.from('RUN') : bytes]
  })
  return [
    ...cut.map((length) => [`cut off at ${length}`, whole.subarray(0, length), /./] as const),
    ...flipped.map((at) => [`a bit flipped at ${at}`, flip(at), /./] as const),
    ['other bytes in a file', await repack(changed), /checksum is wrong/],
    ['no manifest', await repack(entries.slice(0, -1)), /manifest is missing/],
    ['another tar', await repack(entries.slice(1)), /did not make it/],
    ['a way up', await withEntry(entries, { name: 'config/../../x', type: 'file' }, 'x'), /"\.\."/],
    ['an absolute path', await withEntry(entries, { name: '/etc/cron.d/x', type: 'file' }, 'x'), /absolute/],
    [
      'a set-uid file',
      await withEntry(entries, { name: 'config/x', type: 'file', mode: 0o4755 }, 'x'),
      /mode/,
    ],
    ['a device', await withEntry(entries, { name: 'config/x', type: 'character-device' }), /device/],
    [
      'a link outside',
      await withEntry(entries, { name: 'config/x', type: 'symlink', linkname: '/etc' }),
      /outside/,
    ],
    [
      'a link as parent',
      await withEntry(entries, { name: 'config/link/x', type: 'file' }, 'x'),
      /its directory/,
    ],
    ['an entry twice', await withEntry(entries, { name: 'config/.env', type: 'file' }, 'A=1'), /twice/],
  ]
}
