/**
 * A log that only grows, in numbered files of root's: the newest is appended to, and when it is full the next one is
 * begun. Nothing is renamed and nothing is written twice, so a reader or another process of the panel never meets a file
 * that moved. Only the oldest file goes, when there are too many.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open, readFile } from 'node:fs/promises'
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

/**
 * Looking and appending are synchronous: together some tenths of a millisecond in the kernel's memory, while each step of
 * an asynchronous way would wait behind whatever a flood of other requests has to read.
 */
export interface Segments {
  readEnd(): LogEnd
  /** Appends one line under its number. @returns what is to be flushed. What the file system says is thrown as it comes. */
  append(end: LogEnd, seq: number, line: string): readonly string[]
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
  function list(): number[] {
    return namesIn(directory)
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a)
  }

  /** Read only when somebody else has written. */
  function look(path: string, first: number): LogEnd {
    const { size } = statSync(path)
    if (path === known.path && size === known.size) return known
    const tail = readTail(path, size)
    const found = tail.split('\n').findLast((line) => seqOf(line) !== null)
    // Nothing but ruins: no line takes less than a byte, so this number is beyond all that were ever in the file.
    const lastSeq = found === undefined ? first - 1 + size : (seqOf(found) ?? first)
    return { path, size, isTorn: tail !== '' && !tail.endsWith('\n'), lastSeq }
  }

  function begin(seq: number): string {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const path = pathOf(seq)
    // Another process of the panel may have begun it at this moment: then it is appended to.
    closeSync(openSync(path, 'a', 0o600))
    for (const oldest of list().slice(limits.maxFiles)) rmSync(pathOf(oldest), { force: true })
    return path
  }

  return {
    readEnd() {
      const [newest] = list()
      if (newest === undefined) return { path: null, size: 0, isTorn: false, lastSeq: 0 }
      known = look(pathOf(newest), newest)
      return known
    },
    append(end, seq, line) {
      const isFull = end.path !== null && end.size + Buffer.byteLength(line) + 2 > limits.maxBytes
      const path = end.path === null || isFull ? begin(seq) : end.path
      const isNew = path !== end.path
      // A torn line stays as it is, on a line of its own.
      const bytes = Buffer.from(`${end.isTorn && !isNew ? '\n' : ''}${line}\n`)
      const file = openSync(path, 'a', 0o600)
      try {
        writeFileSync(file, bytes)
      } finally {
        closeSync(file)
      }
      known = { path, size: (isNew ? 0 : end.size) + bytes.length, isTorn: false, lastSeq: seq }
      return isNew ? [path, directory] : [path]
    },
    async *readNewestFirst(before) {
      for (const first of list()) {
        if (first >= before) continue
        const text = await readFile(pathOf(first), 'utf8').catch(orNothing(''))
        // The oldest file may go while the others are read.
        if (text !== '') yield text
      }
    },
  }
}

/** Makes what was appended, or the name of a new file, survive a power failure (fdatasync(2)); what has gone needs it no more. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r').catch(orNothing(null))
  if (file === null) return
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

function readTail(path: string, size: number): string {
  const from = Math.max(0, size - TAIL_BYTES)
  const bytes = Buffer.alloc(size - from)
  const file = openSync(path, 'r')
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)).toString('utf8')
  } finally {
    closeSync(file)
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    return orNothing<string[]>([])(error as NodeJS.ErrnoException)
  }
}

function orNothing<T>(nothing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return nothing
    throw error
  }
}
