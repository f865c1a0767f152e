/**
 * A log that only grows, in numbered files of root's: the newest is appended to, and when it is full the next one is
 * begun. Nothing is renamed and nothing is written twice, so a reader or another process of the panel never meets a file
 * that moved. Only the oldest file goes, when there are too many.
 */
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The end of a file that is looked at for its last whole line; one is at most some 10 kB. */
const TAIL_BYTES = 65_536

export interface SegmentLimits {
  readonly maxBytes: number
  readonly maxFiles: number
}

/** Where the next line goes. */
export interface LogEnd {
  /** null: there is no file yet. */
  readonly path: string | null
  readonly size: number
  /** The last line has no end: whoever wrote it was killed, or met a full disk. */
  readonly isTorn: boolean
  /** The last number in use; 0 when nothing is. */
  readonly lastSeq: number
}

export interface Segments {
  readEnd(): Promise<LogEnd>
  /** Appends one line under its number. @returns the file it is in. What the file system says is thrown as it comes. */
  append(end: LogEnd, seq: number, line: string): Promise<string>
  /** The texts of the files, newest first; those that begin at this number or later are left out. */
  readNewestFirst(before: number): AsyncIterable<string>
}

/**
 * @param directory root's, made with mode 0700 when it is missing
 * @param name of the log: its files are `NAME-NUMBER.jsonl`
 * @param seqOf the number of a line; null when it is none of ours
 */
export function createSegments(
  directory: string,
  name: string,
  limits: SegmentLimits,
  seqOf: (line: string) => number | null,
): Segments {
  const pattern = new RegExp(`^${name}-([0-9]{15})\\.jsonl$`)
  const pathOf = (first: number) => join(directory, `${name}-${String(first).padStart(15, '0')}.jsonl`)
  let known: LogEnd = { path: null, size: 0, isTorn: false, lastSeq: 0 }

  /** First numbers of the files, newest first. */
  async function list(): Promise<number[]> {
    const names = await readdir(directory).catch(orNothing<string[]>([]))
    return names
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a)
  }

  /** Looked at anew only when somebody else has written: an entry must not wait long behind a flood of other requests. */
  async function look(path: string, first: number): Promise<LogEnd> {
    if (path === known.path && (await stat(path)).size === known.size) return known
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const from = Math.max(0, size - TAIL_BYTES)
      const bytes = Buffer.alloc(size - from)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
      const tail = bytes.subarray(0, bytesRead).toString('utf8')
      const found = tail.split('\n').findLast((line) => seqOf(line) !== null)
      // Nothing but ruins: no line takes less than a byte, so this number is beyond all that were ever in the file.
      const lastSeq = found === undefined ? first - 1 + size : (seqOf(found) ?? first)
      return { path, size, isTorn: tail !== '' && !tail.endsWith('\n'), lastSeq }
    } finally {
      await file.close()
    }
  }

  async function begin(seq: number): Promise<string> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const path = pathOf(seq)
    // Another process of the panel may have begun it at this moment: then it is appended to.
    const file = await open(path, 'a', 0o600)
    await file.close()
    await syncDirectory(directory)
    for (const oldest of (await list()).slice(limits.maxFiles)) await rm(pathOf(oldest), { force: true })
    return path
  }

  return {
    async readEnd() {
      const [newest] = await list()
      if (newest === undefined) return { path: null, size: 0, isTorn: false, lastSeq: 0 }
      known = await look(pathOf(newest), newest)
      return known
    },
    async append(end, seq, line) {
      const isFull = end.path !== null && end.size + Buffer.byteLength(line) + 2 > limits.maxBytes
      const path = end.path === null || isFull ? await begin(seq) : end.path
      // A torn line stays as it is, on a line of its own.
      const bytes = Buffer.from(`${end.isTorn && !isFull ? '\n' : ''}${line}\n`)
      const file = await open(path, 'a', 0o600)
      try {
        await file.writeFile(bytes)
        const size = (path === end.path ? end.size : 0) + bytes.length
        known = { path, size, isTorn: false, lastSeq: seq }
      } finally {
        await file.close()
      }
      return path
    },
    async *readNewestFirst(before) {
      for (const first of await list()) {
        if (first >= before) continue
        const text = await readFile(pathOf(first), 'utf8').catch(orNothing(''))
        // The oldest file may go while the others are read.
        if (text !== '') yield text
      }
    },
  }
}

/** Makes what was appended survive a power failure (fdatasync(2)); a file that has gone meanwhile needs it no more. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+').catch(orNothing(null))
  if (file === null) return
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function orNothing<T>(nothing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return nothing
    throw error
  }
}
