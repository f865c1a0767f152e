/** Nobody means a word that takes more corrections than this. */
const MOST_CORRECTIONS = 3

/** The candidate that differs from the word in the fewest letters, if that is near enough to have been meant. */
export function nearest(
  word: string,
  candidates: readonly string[],
  mostCorrections = MOST_CORRECTIONS,
): string | undefined {
  const limit = Math.min(mostCorrections, Math.max(1, Math.floor(word.length / 3)))
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit && !isBeginning(word, candidate)) continue
    // A beginning is the best guess of all, and the shortest continuation the best of these.
    const distance = isBeginning(word, candidate) ? candidate.length / 1000 : editDistance(word, candidate)
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}

function isBeginning(word: string, candidate: string): boolean {
  return word.length >= 2 && candidate.startsWith(word)
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (row > 1 && column > 1 && isSwap) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? right.length
}
