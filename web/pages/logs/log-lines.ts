/** Lines of the list as they are drawn and copied: each with what it owes to the lines beside it. */
import { type CopiedLine, type CopySource, joinRows, type RowRange } from './copy-rows.ts'
import { type BlockPart, blockOf } from './log-blocks.ts'
import type { LogRing, RingLine } from './log-ring.ts'
import { copiedTime, dayOf, type TimeMode } from './log-times.ts'
import type { LogView } from './log-view.ts'
import { type LifeMark, marksBetween } from './marks-between.ts'
import { withoutColours } from './sgr.ts'

export interface DrawnLine {
  readonly number: number
  readonly line: RingLine
  /** The text without colours. */
  readonly plain: string
  /** The line above is of another day. */
  readonly isNewDay: boolean
  readonly block: BlockPart | null
  /** What became of the gateway between the line above and this one. */
  readonly marks: readonly LifeMark[]
  /** And behind it, where it is the last line of the log. */
  readonly marksBehind: readonly LifeMark[]
}

export interface DrawOptions {
  readonly timeMode: TimeMode
  /** Oldest first. */
  readonly life: readonly LifeMark[]
  /** The last line held is the last line of the log. */
  readonly isEnd: boolean
}

interface Held {
  readonly number: number
  readonly line: RingLine
  readonly plain: string
}

/** The lines between two places of the list. */
export function drawRows(
  view: LogView,
  ring: LogRing,
  { from, to }: { readonly from: number; readonly to: number },
  { timeMode, life, isEnd }: DrawOptions,
): DrawnLine[] {
  const drawn: DrawnLine[] = []
  let before = heldAt(view, ring, from - 1)
  let held = heldAt(view, ring, from)
  // Of a gap the time is not known, and what is before the first line is not told.
  let since = before?.line.time ?? Number.NaN
  for (let place = from; place < to; place += 1) {
    const after = heldAt(view, ring, place + 1)
    if (held) {
      // Where a filter has left lines out between, these two make no block.
      const above = before?.number === held.number - 1 ? before.plain : null
      const below = after?.number === held.number + 1 ? after.plain : null
      const isNewDay = before !== null && isOtherDay(before.line.time, held.line.time, timeMode)
      const { time } = held.line
      const marks = marksBetween(life, since, time)
      if (!Number.isNaN(time)) since = time
      const isLast = isEnd && held.number === ring.end - 1
      const marksBehind = isLast ? marksBetween(life, since, Infinity) : []
      drawn.push({ ...held, isNewDay, block: blockOf(held.plain, above, below), marks, marksBehind })
    }
    before = held
    held = after
  }
  return drawn
}

/** What may be copied out of the list. */
export function copySource(
  view: LogView,
  ring: LogRing,
  options: { readonly timeMode: TimeMode; readonly onCopied: (count: number) => void },
): CopySource {
  return {
    onCopied: options.onCopied,
    all: () =>
      view.count === 0
        ? null
        : {
            first: { number: view.numberAt(0), offset: 0 },
            last: { number: view.numberAt(view.count - 1), offset: Infinity },
          },
    read: (range) => joinRows(copiedLines(view, ring, range, options.timeMode), range),
  }
}

function* copiedLines(view: LogView, ring: LogRing, range: RowRange, mode: TimeMode): Generator<CopiedLine> {
  // The first line may have gone meanwhile: then those after it are copied.
  for (let place = Math.max(0, view.placeOf(range.first.number)); place < view.count; place += 1) {
    const number = view.numberAt(place)
    if (number > range.last.number) return
    const line = ring.get(number)
    if (line) yield { number, text: wordsOf(line), time: copiedTime(line.time, mode) }
  }
}

/** The words of a row, as the list shows them. */
export function wordsOf({ kind, text }: RingLine): string {
  return kind === 'gap' ? `Lines are missing here: ${text}` : withoutColours(text)
}

function heldAt(view: LogView, ring: LogRing, place: number): Held | null {
  if (place < 0 || place >= view.count) return null
  const number = view.numberAt(place)
  const line = ring.get(number)
  return line ? { number, line, plain: withoutColours(line.text) } : null
}

/** What has no time (a gap) ends no day. */
function isOtherDay(before: number, time: number, mode: TimeMode): boolean {
  if (mode === 'off' || Number.isNaN(before) || Number.isNaN(time)) return false
  return dayOf(before, mode) !== dayOf(time, mode)
}
