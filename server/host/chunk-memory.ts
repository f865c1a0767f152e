/** Memory for chunks of a log on their way: used again and again, for what is made anew is what costs most. */

/** Less than that is made anew each time: Node cuts it from a larger piece. */
const LEAST_BYTES = 4_096
/** Anything that is often sent is smaller: see log-follow.ts, and MAX_PAYLOAD_BYTES between the halves. */
const LARGEST_BYTES = 262_144
/** Blocks of each size that wait to be used again. */
const MAX_FREE = 2

export interface ChunkMemory {
  /** Memory of that length, with whatever was in it. */
  take(length: number): Buffer
  /** What was taken is not used any more. It need not be said: then it is memory like any other. */
  give(chunk: Uint8Array): void
}

/**
 * Node makes 64 KiB of new memory for each read of a socket, and V8 looks through its whole heap once for so many MB of it:
 * that was most of the processor time of a log on its way (docs/facts/performance.md).
 */
export function createChunkMemory(): ChunkMemory {
  /** By their size, a power of two: at most half of a block lies idle. */
  const free = new Map<number, Buffer[]>()
  /** Those that were taken. One that is given back twice would be handed to two owners. */
  const taken = new WeakMap<ArrayBufferLike, Buffer>()
  return {
    take(length) {
      if (length <= LEAST_BYTES || length > LARGEST_BYTES) return Buffer.allocUnsafe(length)
      const size = 2 ** (32 - Math.clz32(length - 1))
      const block = free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size)
      taken.set(block.buffer, block)
      return block.length === length ? block : block.subarray(0, length)
    },
    give({ buffer }) {
      const block = taken.get(buffer)
      if (block === undefined) return
      taken.delete(buffer)
      const blocks = free.get(block.length)
      if (blocks === undefined) free.set(block.length, [block])
      else if (blocks.length < MAX_FREE) blocks.push(block)
    },
  }
}
