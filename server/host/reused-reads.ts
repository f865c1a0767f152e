/** Sockets that are read into the same memory again and again: see chunk-memory.ts for what it saves. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type OnReadOpts, type Socket } from 'node:net'
import { join } from 'node:path'

/** More than a unix socket holds (net.core.wmem_default): whatever is there is taken by one read. */
const READ_BYTES = 262_144
/** Root's, and in memory: a full disk must not keep a program from being started. */
const RUN_DIRECTORY = '/run'

export interface ReusedReads {
  /** For the constructor of the socket, or connect(). */
  readonly onread: OnReadOpts
  /** All that comes goes there, what has come already at once. The bytes are good until it returns. */
  listen(onBytes: (bytes: Buffer) => void): void
}

export function createReusedReads(): ReusedReads {
  const memory = Buffer.allocUnsafeSlow(READ_BYTES)
  let early: Buffer[] = []
  let take = (bytes: Buffer): void => void early.push(Buffer.from(bytes))
  return {
    onread: {
      buffer: memory,
      callback(count) {
        take(memory.subarray(0, count))
        return true
      },
    },
    listen(onBytes) {
      take = onBytes
      for (const bytes of early) onBytes(bytes)
      early = []
    },
  }
}

/**
 * A pipe for the output of a child: Node's own cannot be read into given memory.
 * @returns `ours` is read by `reads`; `theirs` is for the child's stdio, and to be destroyed when that has it
 */
export async function openReusedPipe(reads: ReusedReads): Promise<{ ours: Socket; theirs: Socket }> {
  // Nobody but this process may go into it, so nobody else can be the one who connects.
  const directory = await mkdtemp(join(RUN_DIRECTORY, 'razroom-panel-pipe-'))
  const server = createServer({ pauseOnConnect: true })
  try {
    const path = join(directory, 'pipe')
    server.listen(path)
    await once(server, 'listening')
    const ours = connect({ path, onread: reads.onread })
    const [[theirs]] = (await Promise.all([once(server, 'connection'), once(ours, 'connect')])) as [
      [Socket],
      unknown,
    ]
    return { ours, theirs }
  } finally {
    server.close()
    await rm(directory, { recursive: true, force: true })
  }
}
