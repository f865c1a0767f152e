/** The lines of the log that a command shows, with what is said of lines that are lost between them. */
import type { LogGap, LogLine } from '../../contract/logs.ts'
import { printable } from './terminal-text.ts'

/** Which lines are shown. */
export interface LineSelection {
  /** Only lines at or after this moment, ms since 1970. */
  readonly since?: number
  readonly stream?: LogLine['stream']
  readonly grep?: RegExp
}

export interface LogEntry {
  /** What is said of lines that are lost before this one, oldest first. */
  readonly gaps: readonly string[]
  readonly line: LogLine
}

export interface EntryPicker {
  /** Lines are lost between those that were taken and those that come. */
  lose(reason: string): void
  /** @returns null for a line that is left out; what was said before it goes to the next one, unless it is too old */
  take(line: LogLine): LogEntry | null
  /** What was said behind the last line that was taken in, and has not been handed over yet. */
  rest(): readonly string[]
}

export function createEntryPicker(selection: LineSelection): EntryPicker {
  let gaps: string[] = []
  return {
    lose: (reason) => void gaps.push(reason),
    take(line) {
      if (isBefore(line, selection.since)) gaps = []
      if (!isSelected(line, selection)) return null
      const entry = { gaps, line }
      gaps = []
      return entry
    },
    rest() {
      const said = gaps
      gaps = []
      return said
    },
  }
}

/** The entries of a page, and what is said behind the last of them. */
export function pickEntries(
  page: { readonly lines: readonly LogLine[]; readonly gaps?: readonly LogGap[] },
  selection: LineSelection,
): { entries: LogEntry[]; rest: readonly string[] } {
  const picker = createEntryPicker(selection)
  const reasons = new Map(page.gaps?.map(({ before, reason }) => [before, reason]))
  const entries = page.lines.flatMap((line) => {
    const reason = reasons.get(line.cursor)
    if (reason !== undefined) picker.lose(reason)
    return picker.take(line) ?? []
  })
  return { entries, rest: picker.rest() }
}

function isSelected(line: LogLine, { since, stream, grep }: LineSelection): boolean {
  if (isBefore(line, since) || (stream !== undefined && line.stream !== stream)) return false
  return grep === undefined || grep.test(printable(line.text))
}

export function isBefore(line: LogLine, since: number | undefined): boolean {
  return since !== undefined && Date.parse(line.time) < since
}
