/** Reads archives as a stream: nothing of them is trusted, nothing is kept, and bounds hold while bytes come. */
import { pipeline, Readable, Transform } from 'node:stream'
import { createGunzip, createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { PanelError } from '../../errors.ts'
import { invalid, type TarHeader } from './entry-rules.ts'

/** Headers and padding of one entry at most, with its long name (pax(1)), in bytes. */
export const ENTRY_OVERHEAD_BYTES = 16_384
/** More than a frame without content has (RFC 8878, 3.1.1): 13 with its checksum. */
const TAIL_BYTES = 32
const ZSTD_MAGIC = 0x28b52ffd
const GZIP_MAGIC = 0x1f8b

export interface RawEntry {
  readonly header: TarHeader
  /** Must be read to its end before the next entry. */
  readonly body: AsyncIterable<Uint8Array>
}

/** How many bytes may come out of the decompression; may be raised while it runs. */
export interface ByteLimit {
  bytes: number
}

/**
 * The bytes of the tar archive inside a file of a backup.
 * @throws {InputError} BACKUP_INVALID neither zstd nor gzip
 */
export async function decompress(file: Readable, limit: ByteLimit): Promise<Readable> {
  const iterator = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  while (head.length < 4) {
    const next = await iterator.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const magic = head.length < 4 ? 0 : head.readUInt32BE(0)
  const isZstd = magic === ZSTD_MAGIC
  if (!isZstd && magic >>> 16 !== GZIP_MAGIC) {
    file.destroy()
    throw invalid(head.length === 0 ? 'it is empty' : 'it is compressed neither by zstd nor by gzip')
  }
  const fed = { bytes: 0, tail: Buffer.alloc(0) }
  const decoder = isZstd ? createZstdDecompress() : createGunzip()
  async function* whole(): AsyncGenerator<Buffer> {
    yield head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      fed.bytes += chunk.length
      fed.tail = Buffer.concat([fed.tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
      done(null, chunk)
    },
  })
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      limit.bytes -= chunk.length
      if (limit.bytes < 0) done(invalid('it has more bytes than it says'))
      else done(null, chunk)
    },
    flush(done) {
      // The decoder leaves alone what comes after the end of its frame.
      const left = fed.bytes - decoder.bytesWritten
      if (left === 0 || (left <= TAIL_BYTES && isEmptyFrame(fed.tail.subarray(-left)))) done()
      else done(invalid('something follows its end'))
    },
  })
  // Who reads hears of it; an error that comes after that is nobody's.
  bounded.on('error', () => undefined)
  pipeline(Readable.from(whole(), { objectMode: false }), counted, decoder, bounded, (error) => {
    file.destroy()
    if (error) bounded.destroy(error)
  })
  return bounded
}

/** Node's own compressor ends some streams with one. */
function isEmptyFrame(bytes: Buffer): boolean {
  try {
    return zstdDecompressSync(bytes).length === 0
  } catch {
    // Not a frame at all.
    return false
  }
}

/**
 * The entries of a tar archive, in order.
 * @throws {InputError} BACKUP_INVALID for what is no tar archive, or one that is cut off
 */
export async function* readEntries(tar: Readable): AsyncGenerator<RawEntry> {
  const reader = extract()
  pipeline(tar, reader as unknown as NodeJS.WritableStream, () => undefined)
  let failure: unknown
  reader.on('error', (error: unknown) => {
    failure ??= error
  })
  try {
    for await (const entry of reader) {
      yield { header: entry.header, body: bodyOf(entry as AsyncIterable<Uint8Array>) }
      entry.resume()
    }
    if (failure) throw failure
  } catch (error) {
    throw asInvalid(error)
  } finally {
    tar.destroy()
  }
}

/** Broken bytes show while they are read. */
async function* bodyOf(entry: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* entry
  } catch (error) {
    throw asInvalid(error)
  }
}

/** What a decoder says of broken bytes; errors of the system (errno(3)) and of the panel stay what they are. */
export function asInvalid(error: unknown): unknown {
  if (error instanceof PanelError) return error
  if (error instanceof Error && 'syscall' in error) return error
  return invalid(error instanceof Error ? error.message : String(error), error)
}

/** All bytes of a small entry. @throws {InputError} BACKUP_INVALID above `maxBytes` */
export async function readWhole({ header, body }: RawEntry, maxBytes: number): Promise<Buffer> {
  if ((header.size ?? 0) > maxBytes) throw invalid(`${header.name} is too large`)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The JSON of a small entry. @throws {InputError} BACKUP_INVALID */
export async function readJson(entry: RawEntry, maxBytes: number): Promise<unknown> {
  try {
    return JSON.parse((await readWhole(entry, maxBytes)).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`${entry.header.name} is not JSON`, error)
    throw error
  }
}
