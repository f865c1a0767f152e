/**
 * The audit log as it is kept: JSON lines in files of root's (0600) below the state directory. There is a verb to append
 * and one to read, and none to change or remove an entry. What strangers bring about is kept in files of its own, with
 * less room, and so are the starts and ends of the gateway: however many refusals somebody causes, or a gateway that
 * crashes for days, no entry about those who were let in goes for it.
 *
 * An entry is written when {@link AuditLog.appendAudit} resolves: the end of the panel loses none. It is flushed to the
 * disk right after, those that came meanwhile together: a power failure may lose the last moment's.
 */
import { join } from 'node:path'
import {
  AuditEntry,
  type AuditKind,
  type AuditNote,
  type AuditPage,
  type AuditQuery,
} from '../../contract/audit.ts'
import { HostError } from '../errors.ts'
import { boundedNote, createNames, withNames } from './audit-note.ts'
import { createSegments, type SegmentLimits, type Segments, syncPath } from './audit-segments.ts'
import { compileLater } from './compile-later.ts'
import type { RunCommand } from './run-command.ts'

export interface AuditLog {
  /**
   * Keeps an entry: the number, the time and the names of users are put to it here. Texts are cut to their limits, and
   * control characters taken out.
   * @throws {HostError} DISK_FULL; anything else that the system says as it comes
   */
  appendAudit(note: AuditNote): Promise<AuditEntry>
  /** Entries of the kind before this number, newest first; those of one number are never torn apart. */
  readAudit(query: AuditQuery): Promise<AuditPage>
}

export const AUDIT_DIRECTORY = 'audit'
type LogName = 'main' | 'door' | 'gateway'
const LIMITS: Readonly<Record<LogName, SegmentLimits>> = {
  main: { maxBytes: 1_048_576, maxFiles: 8 },
  door: { maxBytes: 262_144, maxFiles: 4 },
  gateway: { maxBytes: 262_144, maxFiles: 4 },
}
const APART: Readonly<Partial<Record<AuditKind, LogName>>> = { refusal: 'door', gateway: 'gateway' }
const logOf = (kind: AuditKind): LogName => APART[kind] ?? 'main'
const DEFAULT_LIMIT = 100

const entries = compileLater(AuditEntry)

/**
 * @param stateDir root's directory, 0700
 * @param run looks up the names of users
 * @param limits for tests: of each kind of files
 */
export function createAuditLog(
  stateDir: string,
  run: RunCommand,
  limits: typeof LIMITS = LIMITS,
): AuditLog & { close(): Promise<void> } {
  const directory = join(stateDir, AUDIT_DIRECTORY)
  const seqOf = (line: string) => parseEntry(line)?.seq ?? null
  const logs = {
    main: createSegments(directory, 'main', limits.main, seqOf),
    door: createSegments(directory, 'door', limits.door, seqOf),
    gateway: createSegments(directory, 'gateway', limits.gateway, seqOf),
  }
  const nameOf = createNames(run)
  const flush = createFlusher()
  const pending = new Set<Promise<unknown>>()

  /** In one go: nothing else of this process comes in between. */
  function append(note: AuditNote): AuditEntry {
    const ends = { main: logs.main.readEnd(), door: logs.door.readEnd(), gateway: logs.gateway.readEnd() }
    const seq = Math.max(...Object.values(ends).map(({ lastSeq }) => lastSeq)) + 1
    const entry: AuditEntry = { seq, at: new Date().toISOString(), ...boundedNote(note) }
    const log = logOf(note.kind)
    for (const path of logs[log].append(ends[log], seq, JSON.stringify(entry))) flush.want(path)
    return entry
  }

  async function keep(note: AuditNote): Promise<AuditEntry> {
    const who = await withNames(note.who, nameOf)
    try {
      return append({ ...note, who })
    } catch (error) {
      throw asDiskFull(directory, error)
    }
  }

  return {
    appendAudit(note) {
      const work = keep(note)
      pending.add(work)
      return work.finally(() => pending.delete(work))
    },
    readAudit: (query) =>
      readPage(query.kind === undefined ? Object.values(logs) : [logs[logOf(query.kind)]], query),
    async close() {
      await Promise.allSettled(pending)
      await flush.settled()
    },
  }
}

/** Flushes files one after the other; those that are named meanwhile wait for their turn, each once. */
function createFlusher(): { want(path: string): void; settled(): Promise<void> } {
  const wanted = new Set<string>()
  let work: Promise<void> | null = null
  async function flushAll(): Promise<void> {
    for (const path of wanted) {
      wanted.delete(path)
      await syncPath(path).catch((error: unknown) => console.error('audit log:', error))
    }
    work = null
  }
  return {
    want(path) {
      wanted.add(path)
      work ??= flushAll()
    },
    settled: async () => {
      await work
    },
  }
}

async function readPage(logs: readonly Segments[], query: AuditQuery): Promise<AuditPage> {
  const { before = Number.MAX_SAFE_INTEGER, limit = DEFAULT_LIMIT, kind, outcome } = query
  const found: AuditEntry[] = []
  const tally = { unreadable: 0 }
  for await (const entry of merged(logs.map((log) => newestFirst(log, before, tally)))) {
    if ((kind ?? entry.kind) !== entry.kind || (outcome ?? entry.outcome) !== entry.outcome) continue
    if (found.length >= limit && found.at(-1)?.seq !== entry.seq)
      return { entries: found, hasMore: true, ...tally }
    found.push(entry)
  }
  return { entries: found, hasMore: false, ...tally }
}

async function* newestFirst(
  log: Segments,
  before: number,
  tally: { unreadable: number },
): AsyncGenerator<AuditEntry, undefined> {
  for await (const text of log.readNewestFirst(before)) {
    const found: AuditEntry[] = []
    // Behind the last line break is nothing, or a line that is being written.
    for (const line of text.split('\n').slice(0, -1)) {
      const entry = line === '' ? undefined : parseEntry(line)
      if (entry === null) tally.unreadable += 1
      else if (entry && entry.seq < before) found.push(entry)
    }
    // A daemon and a command without one may write at the same moment: then two have one number, or stand out of order.
    yield* found.reverse().sort((a, b) => b.seq - a.seq)
  }
  return undefined
}

/** Of several logs, each newest first, the newest one after the other. */
async function* merged(
  sources: readonly AsyncGenerator<AuditEntry, undefined>[],
): AsyncGenerator<AuditEntry> {
  const heads = await Promise.all(
    sources.map(async (source) => ({ source, head: (await source.next()).value })),
  )
  for (;;) {
    const waiting = heads.filter(({ head }) => head !== undefined)
    const next = waiting.sort((a, b) => (b.head?.seq ?? 0) - (a.head?.seq ?? 0))[0]
    if (next?.head === undefined) return
    yield next.head
    next.head = (await next.source.next()).value
  }
}

/** null for what is no entry: a line that was torn, or bytes that a disk made up. */
function parseEntry(line: string): AuditEntry | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return entries.Check(value) ? value : null
  } catch {
    return null
  }
}

function asDiskFull(directory: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return isFull ? new HostError('DISK_FULL', { detail: directory, cause: error }) : error
}
