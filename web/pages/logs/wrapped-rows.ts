const BREAK_AT_LAST = /[ ?-][^ ?-]*$/

/**
 * How many rows a line takes where it wraps, as `overflow-wrap: anywhere` with `white-space: break-spaces` lays it out:
 * a row ends behind the last space that fits, and in the middle of a word that is longer than a row. Browsers break
 * behind hyphens and question marks as well. What is not counted here, tabs and wide letters for example, is
 * corrected when the line is drawn.
 *
 * @param columns characters in a row, or Infinity
 */
export function wrappedRows(text: string, columns: number): number {
  let rows = 1
  for (let at = 0; text.length - at > columns; rows += 1) {
    // Not looked for in all of the text: a word of a hostile line may be as long as that.
    const row = text.slice(at, at + columns)
    at += row.search(BREAK_AT_LAST) + 1 || columns
  }
  return rows
}
