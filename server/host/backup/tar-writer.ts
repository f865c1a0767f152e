import { type EventEmitter, once } from 'node:events'
import { pipeline, type Writable } from 'node:stream'
import { type Header, pack } from 'tar-stream'
import type { TarHeader } from './entry-rules.ts'

/** Writes entries one after the other; waits when its target does, and fails when that does. */
export interface TarWriter {
  /** @param header with its size: exactly so many bytes must come */
  file(header: TarHeader, body: AsyncIterable<Uint8Array>): Promise<void>
  bytes(header: TarHeader, bytes: Uint8Array): Promise<void>
  /** A directory or a link. */
  empty(header: TarHeader): Promise<void>
  /** Ends the archive; resolves when the target has all of it. */
  end(): Promise<void>
  /** Ends archive and target at once, with this error. */
  fail(error: unknown): void
}

export function createTarWriter(target: Writable): TarWriter {
  const archive = pack()
  const finished = new Promise<void>((resolve, reject) => {
    pipeline(archive as unknown as NodeJS.ReadableStream, target, (error) =>
      error ? reject(error) : resolve(),
    )
  })
  // Who waits for the target hears of its end; so does end().
  finished.catch(() => undefined)
  const unlessGone = <T>(work: Promise<T>): Promise<T> => Promise.race([work, finished.then(() => work)])

  return {
    async file(header, body) {
      const sink = archive.entry({ ...asArgument(header), type: 'file' })
      // Told to whoever waits below.
      sink.on('error', () => undefined)
      for await (const chunk of body) if (!sink.write(chunk)) await unlessGone(once(emitter(sink), 'drain'))
      const done = once(emitter(sink), 'finish')
      sink.end(undefined)
      await unlessGone(done)
    },
    bytes: (header, bytes) => unlessGone(entry(header, Buffer.from(bytes))),
    empty: (header) => unlessGone(entry(header)),
    async end() {
      archive.finalize()
      await finished
    },
    fail(error) {
      archive.destroy(error instanceof Error ? error : new Error(String(error)))
    },
  }

  function entry(header: TarHeader, bytes?: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve())
      const own = asArgument(header)
      const sink = bytes === undefined ? archive.entry(own, done) : archive.entry(own, bytes, done)
      sink.on('error', reject)
    })
  }
}

/** The packer changes the header that it is given. */
function asArgument(header: TarHeader): Partial<Header> & Pick<Header, 'name'> {
  return { ...header } as Partial<Header> & Pick<Header, 'name'>
}

/** Its streams are of a package of their own, whose types are not those of Node. */
function emitter(stream: unknown): EventEmitter {
  return stream as EventEmitter
}
