/** Marks that stand between lines. */

export interface LifeMark {
  /** Milliseconds since the epoch, of the gateway's machine. */
  readonly time: number
  readonly words: string
  readonly tone: 'good' | 'bad' | 'accent'
  /** The gateway itself started or ended; undefined for what somebody asked for. */
  readonly of?: 'start' | 'end'
}

/** Those later than one time, up to another one. None where a time is not known (NaN). @param marks oldest first */
export function marksBetween(marks: readonly LifeMark[], after: number, upTo: number): LifeMark[] {
  if (Number.isNaN(after) || Number.isNaN(upTo)) return []
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle]?.time ?? 0) > after) high = middle
    else low = middle + 1
  }
  const found: LifeMark[] = []
  for (let at = low; at < marks.length; at += 1) {
    const mark = marks[at]
    if (!mark || mark.time > upTo) break
    found.push(mark)
  }
  return found
}
