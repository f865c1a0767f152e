/** Files that were sent to the panel: root's alone, few, and gone after a day. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { ConflictError, HostError } from '../errors.ts'
import { readDiskFree } from './disk-free.ts'

/** What the machine keeps for itself while a file comes in. */
const RESERVE_BYTES = 256 * 1_048_576
/** A sender that says nothing of the size: the disk is looked at after so many bytes. */
const LOOK_EVERY_BYTES = 64 * 1_048_576
/** Each may write so much before it looks again: together they must leave some of the reserve. */
const MAX_AT_ONCE = 2
const MAX_AGE_MS = 24 * 3_600_000
const MAX_KEPT = 4
const NAME = /^upload-[0-9a-f]{32}$/
const PARTIAL = /^upload-[0-9a-f]{32}\.part$/

export interface Uploads {
  /**
   * Writes the stream to a new file of root's (0600); nothing stays of a stream that ends with an error.
   * @param expectedBytes what the sender says of the size; null when it does not
   * @throws {HostError} DISK_FULL before or while it is written
   * @throws {ConflictError} SERVER_BUSY others come in already
   */
  saveUpload(stream: Readable, expectedBytes: number | null): Promise<{ path: string; sizeBytes: number }>
  /** Removes an upload that has been used; any other path is left alone. */
  removeUpload(path: string): Promise<void>
}

/** @param stateDir root's directory of the panel, 0700 */
export function createUploads(stateDir: string): Uploads {
  const directory = join(stateDir, 'uploads')
  let coming = 0

  async function save(stream: Readable, expectedBytes: number | null) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await removeOld(directory)
    await requireSpace(directory, expectedBytes ?? 0)
    const path = join(directory, `upload-${randomBytes(16).toString('hex')}`)
    const partial = `${path}.part`
    try {
      const sizeBytes = await writeStream(directory, partial, stream)
      await rename(partial, path)
      return { path, sizeBytes }
    } catch (error) {
      stream.destroy()
      await rm(partial, { force: true })
      throw isNoSpace(error) ? new HostError('DISK_FULL', { detail: directory, cause: error }) : error
    }
  }

  return {
    async saveUpload(stream, expectedBytes) {
      if (coming >= MAX_AT_ONCE) {
        stream.destroy()
        throw new ConflictError('SERVER_BUSY', { detail: `${coming} uploads come in already` })
      }
      coming += 1
      try {
        return await save(stream, expectedBytes)
      } finally {
        coming -= 1
      }
    },
    async removeUpload(path) {
      if (dirname(path) === directory && NAME.test(basename(path))) await rm(path, { force: true })
    },
  }
}

async function writeStream(directory: string, path: string, stream: Readable): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  try {
    let [written, looked] = [0, 0]
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      await file.writeFile(chunk)
      written += chunk.length
      if (written - looked < LOOK_EVERY_BYTES) continue
      looked = written
      await requireSpace(directory, 0)
    }
    await file.sync()
    return written
  } finally {
    await file.close()
  }
}

async function requireSpace(directory: string, neededBytes: number): Promise<void> {
  const free = await readDiskFree(directory)
  if (free >= neededBytes + RESERVE_BYTES) return
  const [has, needs] = [free, neededBytes + RESERVE_BYTES].map(
    (bytes) => `${Math.round(bytes / 1_000_000)} MB`,
  )
  throw new HostError('DISK_FULL', { detail: `${directory} has ${has} left, and this needs ${needs}` })
}

/** Leftovers of a day, and all but the newest few. One that still comes in is young, and written to. */
async function removeOld(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => NAME.test(name) || PARTIAL.test(name))
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name)
      const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      return { path, isWhole: NAME.test(name), changedAt: facts?.mtimeMs ?? 0 }
    }),
  )
  files.sort((a, b) => b.changedAt - a.changedAt)
  const whole = files.filter(({ isWhole }) => isWhole)
  const old = files.filter(({ changedAt }) => Date.now() - changedAt > MAX_AGE_MS)
  for (const { path } of new Set([...old, ...whole.slice(MAX_KEPT - 1)])) await rm(path, { force: true })
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
