/** Lines of the list as they are drawn and copied: each with what it owes to the lines beside it. */
import { type CopiedLine, type CopySource, joinRows, type RowRange } from './copy-rows.ts'
import { type BlockPart, blockOf } from './log-blocks.ts'
import type { LogRing, RingLine } from './log-ring.ts'
import { copiedTime, dayOf, type TimeMode } from './log-times.ts'
import type { LogView } from './log-view.ts'
import { withoutColours } from './sgr.ts'

export interface DrawnLine {
  readonly number: number
  readonly line: RingLine
  /** The text without colours. */
  readonly plain: string
  /** The line above is of another day. */
  readonly isNewDay: boolean
  readonly block: BlockPart | null
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
  mode: TimeMode,
): DrawnLine[] {
  const drawn: DrawnLine[] = []
  let before = heldAt(view, ring, from - 1)
  let held = heldAt(view, ring, from)
  for (let place = from; place < to; place += 1) {
    const after = heldAt(view, ring, place + 1)
    if (held) {
      // Where a filter has left lines out between, these two make no block.
      const above = before?.number === held.number - 1 ? before.plain : null
      const below = after?.number === held.number + 1 ? after.plain : null
      const isNewDay = before !== null && isOtherDay(before.line.time, held.line.time, mode)
      drawn.push({ ...held, isNewDay, block: blockOf(held.plain, above, below) })
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
