/**
 * A program on a pseudoterminal of its own. The compiled part comes prebuilt with @lydell/node-pty; only that part is
 * used, for it can lie beside the bundle of a release, which carries no packages.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ReadStream } from 'node:tty'

/** As of @lydell/node-pty 1.1.0, pinned exactly: its own unixTerminal.js calls it so. */
interface PtyBinary {
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    isUtf8: boolean,
    helper: string,
    onExit: (code: number, signal: number) => void,
  ): { readonly fd: number; readonly pid: number }
  resize(fd: number, cols: number, rows: number): void
}

export interface PtySize {
  readonly cols: number
  readonly rows: number
}

export interface PtyProgram {
  readonly pid: number
  /** What it prints; reading it may be paused. */
  readonly output: ReadStream
  /** Keys. What a program does not read is held up to a bound, then dropped. */
  write(data: string): void
  resize(size: PtySize): void
  /** Exit code, or null after a signal, once all of the output was read. */
  readonly ended: Promise<number | null>
}

const SAME_USER = -1
const MAX_HELD_BYTES = 65_536
/** After its end the program's last output is still in the terminal; a child of it may hold that open for ever. */
const LAST_OUTPUT_MS = 500

/** Starts a program. @throws when there is no compiled part for this machine, or no terminal is to be had */
export function startOnPty(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  size: PtySize,
): PtyProgram {
  const binary = loadBinary()
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const exited = Promise.withResolvers<number | null>()
  const { cols, rows } = size
  const { fd, pid } = binary.fork(
    program,
    args,
    variables,
    '/',
    cols,
    rows,
    SAME_USER,
    SAME_USER,
    false,
    '',
    (code, signal) => exited.resolve(signal === 0 ? code : null),
  )
  const output = new ReadStream(fd)
  const closed = Promise.withResolvers<void>()
  // Linux tells by EIO that nobody has the other end open any more (pty(7)).
  output.on('error', () => output.destroy())
  output.on('close', () => closed.resolve())
  return {
    pid,
    output,
    write(data) {
      if (!output.destroyed && output.writableLength < MAX_HELD_BYTES) output.write(data)
    },
    resize: (next) => {
      if (!output.destroyed) binary.resize(fd, next.cols, next.rows)
    },
    ended: exited.promise.then(async (code) => {
      const late = setTimeout(() => output.destroy(), LAST_OUTPUT_MS)
      await closed.promise
      clearTimeout(late)
      return code
    }),
  }
}

function loadBinary(): PtyBinary {
  const require = createRequire(import.meta.url)
  const built = join(import.meta.dirname, 'pty.node')
  const path = existsSync(built) ? built : `@lydell/node-pty-linux-${process.arch}/pty.node`
  return require(path) as PtyBinary
}
