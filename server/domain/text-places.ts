/** Positions of a text as lines and columns. Imports nothing of Node. */

export interface Place {
  readonly line: number
  readonly column: number
}

/** Counts from 1, as json5 does: lines end at LF, columns are UTF-16 units. */
export interface TextPlaces {
  of(position: number): Place
  /** The position of a place; the end of the text when the place lies behind it. */
  at(place: Place): number
}

export function textPlaces(text: string): TextPlaces {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return {
    of(position) {
      let [low, high] = [0, starts.length - 1]
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if ((starts[middle] ?? 0) <= position) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: position - (starts[low] ?? 0) + 1 }
    },
    at: ({ line, column }) => Math.min(text.length, (starts[line - 1] ?? text.length) + column - 1),
  }
}
