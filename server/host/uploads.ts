/** Files that were sent to the panel: root's alone, few, and gone after a day. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { HostError } from '../errors.ts'
import { createDiskReserve } from './disk-reserve.ts'

const MAX_AGE_MS = 24 * 3_600_000
const MAX_KEPT = 4
const NAME = /^upload-[0-9a-f]{32}$/
const PARTIAL = /^upload-[0-9a-f]{32}\.part$/

export interface Uploads {
  /**
   * Writes the stream to a new file of root's (0600); nothing stays of a stream that ends with an error.
   * @param expectedBytes what the sender says of the size; null when it does not
   * @throws {HostError} DISK_FULL before or while it is written
   */
  saveUpload(stream: Readable, expectedBytes: number | null): Promise<{ path: string; sizeBytes: number }>
  /** Removes an upload that has been used; any other path is left alone. */
  removeUpload(path: string): Promise<void>
}

/** @param stateDir root's directory of the panel, 0700 */
export function createUploads(stateDir: string): Uploads {
  const directory = join(stateDir, 'uploads')
  const reserve = createDiskReserve(directory)
  return {
    async saveUpload(stream, expectedBytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await removeOld(directory)
      await reserve.require(expectedBytes ?? 0)
      const path = join(directory, `upload-${randomBytes(16).toString('hex')}`)
      const partial = `${path}.part`
      try {
        const sizeBytes = await writeStream(partial, reserve.guard(stream))
        await rename(partial, path)
        return { path, sizeBytes }
      } catch (error) {
        stream.destroy()
        await rm(partial, { force: true })
        throw isNoSpace(error) ? new HostError('DISK_FULL', { detail: directory, cause: error }) : error
      }
    },
    async removeUpload(path) {
      if (dirname(path) === directory && NAME.test(basename(path))) await rm(path, { force: true })
    },
  }
}

async function writeStream(path: string, stream: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  try {
    let written = 0
    for await (const chunk of stream) {
      await file.writeFile(chunk)
      written += chunk.length
    }
    await file.sync()
    return written
  } finally {
    await file.close()
  }
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
