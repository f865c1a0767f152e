import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PAX_SHA256 } from '../backup/agent-messages.ts'
import type { RawEntry } from '../backup/archive-reader.ts'
import { invalid, type PlainEntry } from '../backup/entry-rules.ts'
import { errno } from '../user-agent/file-errors.ts'

/** What {@link tempName} makes. */
export const TEMP_NAME = /^\..*\.restore\.razroom-panel-\d+-[0-9a-f]{12}\.tmp$/

/** Hidden, in the same directory; the base is cut: 50 UTF-16 units are at most 150 of NAME_MAX's 255 bytes. */
export function tempName(target: string): string {
  const base = [...basename(target)].slice(0, 40).join('')
  const name = `.${base}.restore.razroom-panel-${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  return join(dirname(target), name)
}

function expectedSum({ header }: RawEntry): string {
  const { pax } = header as { pax?: Readonly<Record<string, string>> | null }
  const sum = pax?.[PAX_SHA256]
  if (sum === undefined) throw invalid(`${header.name} comes without its checksum`)
  return sum
}

/** True when a plain file with these bytes and this mode is in its place already. */
export async function isSameFile(
  target: string,
  { size, mode }: PlainEntry,
  raw: RawEntry,
): Promise<boolean> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  const handle = await open(target, flags).catch((error: unknown) => {
    // Not there, a link, a socket, or not to be read: then it is another one.
    if (['ENOENT', 'ELOOP', 'ENXIO', 'EACCES'].includes(errno(error) ?? '')) return null
    throw error
  })
  if (handle === null) return false
  try {
    const found = await handle.stat()
    if (!found.isFile() || found.size !== size || (found.mode & 0o7777) !== mode) return false
    const hash = createHash('sha256')
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer)
    return hash.digest('hex') === expectedSum(raw)
  } finally {
    await handle.close()
  }
}

/** Temp file, checksum, mode and time, fsync, rename: the old file or the new one, never a part of either. */
export async function putFile(target: string, { size, mode }: PlainEntry, raw: RawEntry): Promise<void> {
  const temp = tempName(target)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = await open(temp, flags, 0o600)
  try {
    try {
      const hash = createHash('sha256')
      let written = 0
      for await (const chunk of raw.body) {
        hash.update(chunk)
        await handle.writeFile(chunk)
        written += chunk.length
      }
      if (written !== size || hash.digest('hex') !== expectedSum(raw))
        throw invalid(`the bytes of ${raw.header.name} are not those of its checksum`)
      await handle.chmod(mode)
      if (raw.header.mtime) await handle.utimes(raw.header.mtime, raw.header.mtime)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temp, target)
  } catch (error) {
    await unlink(temp).catch((second: unknown) => {
      if (errno(second) !== 'ENOENT') throw new AggregateError([error, second], `${temp} is left behind`)
    })
    throw error
  }
}
