/** Pages of lines as the list holds them. Fetched with the first of them: most people look at what the stream brings. */
import { type LogRows, listLines, readRows } from '../../../contract/log-rows.ts'
import type { LogGap, LogLine, LogPage } from '../../../contract/logs.ts'
import type { LogRing } from './log-ring.ts'

type PageLines = Pick<LogPage, 'gaps'> & { readonly lines: readonly LogLine[] }

/** Appends the lines of a page, and the rows that tell of lines which are missing between them. */
export function appendPage(ring: LogRing, { lines, gaps }: PageLines): void {
  for (const piece of piecesOf(lines, gaps)) {
    if (typeof piece === 'string') ring.appendGap(piece)
    else ring.append(piece)
  }
}

/**
 * Puts the older lines of a page in front of the others, as many as there is room for.
 * @returns how many there was room for
 */
export function prependPage(ring: LogRing, { lines, gaps = [] }: PageLines): number {
  const room = Math.max(0, ring.capacity - ring.count - gaps.length)
  const taken = lines.slice(Math.max(0, lines.length - room))
  return ring.prepend(piecesOf(taken, gaps)) ? taken.length : 0
}

/** Frames, each with the lines of one file, and what is said of lines that are lost between; oldest first. */
function piecesOf(lines: readonly LogLine[], gaps: readonly LogGap[] = []): (LogRows | string)[] {
  const pieces: (LogRows | string)[] = []
  let from = 0
  for (const { before, reason } of gaps) {
    const at = lines.findIndex(({ cursor }) => cursor === before)
    if (at === -1) continue
    pieces.push(...framesOf(lines.slice(from, at)), reason)
    from = at
  }
  return [...pieces, ...framesOf(lines.slice(from))]
}

function framesOf(lines: readonly LogLine[]): LogRows[] {
  return listLines(lines).flatMap((frame) => readRows(frame) ?? [])
}
