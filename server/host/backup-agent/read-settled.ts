/** Reads files that somebody may be writing meanwhile. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Read whole, and again while they change; what is larger is read once. In bytes. */
const SMALL_BYTES = 8_388_608
const TRIES = 5
const PAUSE_MS = 20
const CHUNK_BYTES = 262_144

export interface SettledFile {
  readonly size: number
  /** Exactly so many bytes; must be read to its end. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** After the end: true when it changed while it was read, so that the bytes may be a mixture. */
  readonly isUnsettled: () => boolean
  close(): Promise<void>
}

/**
 * @param follow the last part of the path may be a link
 * @returns null when it is no plain file any more
 */
export async function openSettled(path: string, follow: boolean): Promise<SettledFile | null> {
  const links = follow ? 0 : constants.O_NOFOLLOW
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | links)
  try {
    const found = await handle.stat()
    if (!found.isFile()) {
      await handle.close()
      return null
    }
    return found.size <= SMALL_BYTES ? await readSmall(handle) : await readLarge(handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

interface Stamp {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

const stampOf = async (handle: FileHandle): Promise<Stamp> => handle.stat({ bigint: true })
const isSame = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs

async function readSmall(handle: FileHandle): Promise<SettledFile> {
  for (let attempt = 1; ; attempt++) {
    const before = await stampOf(handle)
    if (before.size > SMALL_BYTES) return readLarge(handle)
    const size = Number(before.size)
    const bytes = Buffer.alloc(size)
    let at = 0
    for (let length = 1; at < size && length > 0; at += length)
      length = (await handle.read(bytes, at, size - at, at)).bytesRead
    const isStable = at === size && isSame(before, await stampOf(handle))
    if (isStable || attempt === TRIES) {
      const kept = bytes.subarray(0, at)
      return {
        size: kept.length,
        chunks: oneChunk(kept),
        isUnsettled: () => !isStable,
        close: () => handle.close(),
      }
    }
    await pause(PAUSE_MS * attempt)
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** Its size is already told when its bytes come: one that shrinks is filled up with zeros, and counted as unsettled. */
async function readLarge(handle: FileHandle): Promise<SettledFile> {
  const before = await stampOf(handle)
  const size = Number(before.size)
  let isUnsettled = false
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < size; ) {
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - at))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
      const part = bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead)
      at += part.length
      yield part
    }
    isUnsettled = !isSame(before, await stampOf(handle))
  }
  return { size, chunks: chunks(), isUnsettled: () => isUnsettled, close: () => handle.close() }
}
