/** Room on the disk that is left to the machine, whatever the panel is sent or asked to keep. */
import { HostError } from '../errors.ts'
import { readDiskFree } from './disk-free.ts'

const RESERVE_BYTES = 256 * 1_048_576
/** A sender that says nothing of the size: the disk is looked at after so many bytes. */
const LOOK_EVERY_BYTES = 64 * 1_048_576

export interface DiskReserve {
  /** @throws {HostError} DISK_FULL so many bytes more would eat into the reserve */
  require(neededBytes: number): Promise<void>
  /** The stream as it is, until it would eat into the reserve: then DISK_FULL. */
  guard(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>
}

/**
 * @param directory where is written to; it exists
 * @param readFree for tests
 */
export function createDiskReserve(directory: string, readFree = readDiskFree): DiskReserve {
  // All streams count together: many at once would else write as much each before the first look.
  let unseen = 0
  async function require(neededBytes: number): Promise<void> {
    const free = await readFree(directory)
    if (free >= neededBytes + RESERVE_BYTES) return
    const [has, needs] = [free, neededBytes + RESERVE_BYTES].map(
      (bytes) => `${Math.round(bytes / 1_000_000)} MB`,
    )
    throw new HostError('DISK_FULL', { detail: `${directory} has ${has} left, and this needs ${needs}` })
  }
  return {
    require,
    async *guard(stream) {
      for await (const chunk of stream) {
        unseen += chunk.length
        if (unseen >= LOOK_EVERY_BYTES) {
          await require(0)
          // Not before: while there is no room, every stream looks.
          unseen = 0
        }
        yield chunk
      }
    },
  }
}
