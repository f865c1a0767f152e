/** An earlier stretch of the log, which grows in both directions as it is scrolled. It does not follow the log. */
import { signal } from '@preact/signals'
import type { LogPage } from '../../../contract/logs.ts'
import { loadLinesAt, loadNewerLines, loadNewestLine, loadOlderLines } from '../../api/logs.ts'
import { toProblem } from '../../api/problem.ts'
import { LogIndex } from './log-index.ts'
import { appendPage, prependPage } from './log-pieces.ts'
import type { LogPlace, Newer, Older } from './log-place.ts'
import { LogRing } from './log-ring.ts'

/** Fewer than at the live end: both may be held at a time. */
export const HISTORY_CAPACITY = 50_000
/** What is opened on each side of a line: enough for the tallest window, and drawn at once. */
const OPENED_LINES = 300
/** Earlier than any line. */
const BEGINNING = '1970-01-01T00:00:00Z'

interface Around {
  readonly before: LogPage
  readonly from: LogPage
}

/** An opened history, and the line that was asked for. */
export interface Opened {
  readonly history: LogHistory
  readonly number: number
}

export class LogHistory implements LogPlace {
  readonly ring: LogRing
  readonly index: LogIndex
  readonly version = signal(0)
  readonly isLive = signal(true)
  readonly isCleared = signal(false)
  readonly older = signal<Older>({ kind: 'idle' })
  readonly newer = signal<Newer>({ kind: 'idle' })

  #isFrameAsked = false

  constructor({ before, from }: Around, capacity: number = HISTORY_CAPACITY) {
    this.ring = new LogRing(capacity)
    appendPage(this.ring, from)
    prependPage(this.ring, before)
    this.index = new LogIndex(this.ring)
    if (!before.hasMore) this.older.value = { kind: 'end', reason: 'beginning' }
    if (!from.hasMore) this.newer.value = { kind: 'end' }
  }

  /** Loads the lines before the oldest one. When there is no room it says so: a new history can begin there. */
  async loadOlder(): Promise<void> {
    const before = this.ring.oldestCursor
    if (isBusy(this.older.value) || before === undefined) return
    if (this.ring.count >= this.ring.capacity) {
      this.older.value = { kind: 'end', reason: 'full' }
      return
    }
    this.older.value = { kind: 'loading' }
    try {
      const page = await loadOlderLines(before)
      const isRoom = prependPage(this.ring, page) === page.lines.length
      this.older.value =
        page.hasMore && isRoom ? { kind: 'idle' } : { kind: 'end', reason: isRoom ? 'beginning' : 'full' }
    } catch (error) {
      this.older.value = { kind: 'failed', problem: toProblem(error) }
    }
    this.version.value += 1
  }

  /** Loads the lines behind the newest one; the oldest go when there is no room. */
  async loadNewer(): Promise<void> {
    const after = this.ring.newestCursor
    if (isBusy(this.newer.value) || after === undefined) return
    this.newer.value = { kind: 'loading' }
    try {
      const page = await loadNewerLines(after)
      if (page.lines.length === 0 && (await isGone(after))) {
        this.ring.appendGap('they are not kept any more')
        this.#append(await loadLinesAt(BEGINNING))
      } else this.#append(page)
    } catch (error) {
      this.newer.value = { kind: 'failed', problem: toProblem(error) }
    }
    this.version.value += 1
  }

  askFrame(): void {
    if (this.#isFrameAsked) return
    this.#isFrameAsked = true
    requestAnimationFrame(() => {
      this.#isFrameAsked = false
      this.version.value += 1
    })
  }

  #append(page: LogPage): void {
    const { first } = this.ring
    appendPage(this.ring, page)
    // What was dropped for them can be read again.
    if (this.ring.first > first && this.older.value.kind === 'end') this.older.value = { kind: 'idle' }
    this.newer.value = page.hasMore ? { kind: 'idle' } : { kind: 'end' }
  }
}

/**
 * The history around a line.
 * @returns null when the line is not kept any more
 * @throws {ApiProblem}
 */
export async function openAtLine(cursor: string): Promise<Opened | null> {
  const before = await loadOlderLines(cursor, OPENED_LINES)
  const last = before.lines.at(-1)
  // Pages have the lines behind a cursor, never the line of it: it is the first behind its predecessor.
  const from = last
    ? await loadNewerLines(last.cursor, OPENED_LINES)
    : await loadLinesAt(BEGINNING, OPENED_LINES)
  if (from.lines[0]?.cursor !== cursor) return null
  return opened({ before, from })
}

/**
 * The history around the first line at a time or later.
 * @param time ISO 8601
 * @returns null when no line is that late
 * @throws {ApiProblem}
 */
export async function openAtTime(time: string): Promise<Opened | null> {
  const from = await loadLinesAt(time, OPENED_LINES)
  const [first] = from.lines
  if (!first) return null
  return opened({ before: await loadOlderLines(first.cursor, OPENED_LINES), from })
}

function opened(around: Around): Opened {
  const history = new LogHistory(around)
  // Of the lines it was appended first; a row that tells of missing ones may stand before it.
  const cursor = around.from.lines[0]?.cursor ?? ''
  return { history, number: history.ring.numberOf(cursor) ?? 0 }
}

const isBusy = ({ kind }: Older | Newer): boolean => kind === 'loading'

/** No line comes behind this one, and yet it is not the newest: the file that it is of is not kept any more. */
async function isGone(cursor: string): Promise<boolean> {
  const newest = await loadNewestLine()
  return newest !== null && newest.cursor !== cursor
}
