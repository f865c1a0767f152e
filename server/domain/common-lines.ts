/** A longest common subsequence of lines. Imports nothing of Node: the page uses it too. */

/** Above so many cells nothing of the middle counts as common: the exact way there is not worth the wait. */
const MAX_CELLS = 4_000_000

/** Places of a line that both texts have. */
export type CommonLine = readonly [before: number, after: number]

/** The lines that both have, in order, after what both have at their ends. */
export function commonLines(before: readonly string[], after: readonly string[]): CommonLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let [end, afterEnd] = [before.length, after.length]
  while (end > head && afterEnd > head && before[end - 1] === after[afterEnd - 1]) {
    end -= 1
    afterEnd -= 1
  }
  const middle = commonMiddle(before.slice(head, end), after.slice(head, afterEnd))
  return [
    ...before.slice(0, head).map((_, index): CommonLine => [index, index]),
    ...middle.map(([row, column]): CommonLine => [head + row, head + column]),
    ...before.slice(end).map((_, index): CommonLine => [end + index, afterEnd + index]),
  ]
}

function commonMiddle(before: readonly string[], after: readonly string[]): CommonLine[] {
  if (before.length * after.length > MAX_CELLS) return []
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
  const common: CommonLine[] = []
  let [row, column] = [0, 0]
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      common.push([row, column])
      row += 1
      column += 1
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1
    else column += 1
  }
  return common
}
