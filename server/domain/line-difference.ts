/** The difference between two texts, line by line. Imports nothing of Node: the page uses it too. */
import type { DifferenceLine } from '../../contract/versions.ts'

/** Unchanged lines shown around each change. */
const CONTEXT_LINES = 2
/** Above so many cells the middle is shown as replaced: the exact way there is not worth the wait. */
const MAX_CELLS = 4_000_000
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

/** Longest common subsequence of lines, after cutting what both have at their ends. */
function diffLines(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1
  }
  const same = (text: string): DifferenceLine => ({ sign: ' ', text })
  return [
    ...before.slice(0, head).map(same),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function diffMiddle(before: readonly string[], after: readonly string[]): DifferenceLine[] {
  if (before.length * after.length > MAX_CELLS) {
    return [
      ...before.map((text): DifferenceLine => ({ sign: '-', text })),
      ...after.map((text): DifferenceLine => ({ sign: '+', text })),
    ]
  }
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const lines: DifferenceLine[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const isSame = row < before.length && column < after.length && before[row] === after[column]
    const isRemoval =
      column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))
    if (isSame) {
      lines.push({ sign: ' ', text: before[row] ?? '' })
      row += 1
      column += 1
    } else if (isRemoval) {
      lines.push({ sign: '-', text: before[row] ?? '' })
      row += 1
    } else {
      lines.push({ sign: '+', text: after[column] ?? '' })
      column += 1
    }
  }
  return lines
}
