/** Lines of a text as a text area has it: there each ending is one character. */

export interface TextRange {
  readonly start: number
  readonly end: number
  /** How many lines stand above it, and how many there are. */
  readonly above: number
  readonly count: number
}

/** Where a line stands in the value of the text area. @param line from 1; a line behind the end is the last one */
export function lineRange(text: string, line: number): TextRange {
  const lines = text.split('\n')
  const index = Math.min(Math.max(line, 1), lines.length) - 1
  const before = asInField(lines.slice(0, index).map((other) => `${other}\n`))
  const start = before.length
  return {
    start,
    end: start + asInField([(lines[index] ?? '').replace(/\r$/, '')]).length,
    above: before.split('\n').length - 1,
    count: asInField([text]).split('\n').length,
  }
}

/** Selects a line and brings it into view. @param field without wrapping, so that all lines are of one height */
export function selectLine(field: HTMLTextAreaElement, text: string, line: number): void {
  const { start, end, above, count } = lineRange(text, line)
  field.focus()
  field.setSelectionRange(start, end)
  field.scrollTop = (field.scrollHeight / count) * above - field.clientHeight / 2
  field.scrollLeft = 0
}

function asInField(parts: readonly string[]): string {
  return parts.join('').replace(/\r\n?/g, '\n')
}
