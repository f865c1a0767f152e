/** The difference between two texts, line by line. Imports nothing of Node: the page uses it too. */
import type { DifferenceLine } from '../../contract/versions.ts'
import { commonLines } from './common-lines.ts'

/** Unchanged lines shown around each change. */
const CONTEXT_LINES = 2
/** Above so many lines texts are not compared line by line. */
const MAX_COMPARED_LINES = 50_000

/** What turns one text into the other, with a little of what stays around it; nothing when they are the same. */
export function lineDifference(before: string, after: string): DifferenceLine[] {
  return withContext(diffLines(splitLines(before), splitLines(after)))
}

/**
 * The difference of two texts, with other words in place of its lines: what is compared is not what is shown.
 * @param mask what is shown of a text, line for line
 */
export function maskedDifference(
  before: string,
  after: string,
  mask: (text: string) => readonly string[],
): DifferenceLine[] {
  if (isTooLong(before) || isTooLong(after)) return [{ sign: '…', text: 'too many lines to compare' }]
  const [oldLines, newLines] = [mask(before), mask(after)]
  let [row, column] = [0, 0]
  const shown = diffLines(splitLines(before), splitLines(after)).map(({ sign }): DifferenceLine => {
    const text = (sign === '-' ? oldLines[row] : newLines[column]) ?? ''
    if (sign !== '+') row += 1
    if (sign !== '-') column += 1
    return { sign, text }
  })
  return withContext(shown)
}

/** How many lines one text has that the other has not. */
export function changedLines(before: string, after: string): { added: number; removed: number } {
  if (isTooLong(before) || isTooLong(after)) return { added: countLines(after), removed: countLines(before) }
  const lines = diffLines(splitLines(before), splitLines(after))
  const count = (sign: DifferenceLine['sign']) => lines.filter((line) => line.sign === sign).length
  return { added: count('+'), removed: count('-') }
}

/** Of files with more lines, which no person writes, the comparison would fill the memory. */
function isTooLong(text: string): boolean {
  return countLines(text) > MAX_COMPARED_LINES
}

function countLines(text: string): number {
  let count = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function withContext(lines: readonly DifferenceLine[]): DifferenceLine[] {
  const isNear = lines.map((_line, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(({ sign }) => sign !== ' '),
  )
  return lines.flatMap((line, index): DifferenceLine[] => {
    if (isNear[index]) return [line]
    return isNear[index + 1] ? [{ sign: '…', text: '' }] : []
  })
}

function splitLines(text: string): string[] {
  const lines = text.split('\n')
  // The newline at the end of the file ends the last line; it does not begin another one.
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Every line of either, in order: of what was replaced first what went, then what came. */
function diffLines(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const lines: DifferenceLine[] = []
  let [row, column] = [0, 0]
  const changeUpTo = (nextRow: number, nextColumn: number): void => {
    for (const text of before.slice(row, nextRow)) lines.push({ sign: '-', text })
    for (const text of after.slice(column, nextColumn)) lines.push({ sign: '+', text })
  }
  for (const [commonRow, commonColumn] of commonLines(before, after)) {
    changeUpTo(commonRow, commonColumn)
    lines.push({ sign: ' ', text: before[commonRow] ?? '' })
    ;[row, column] = [commonRow + 1, commonColumn + 1]
  }
  changeUpTo(before.length, after.length)
  return lines
}
