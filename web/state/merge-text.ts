/**
 * Two people's texts on one base, merged line by line (the method of diff3): what only one of them changed is taken,
 * where both changed the same lines to something else a person chooses.
 */
import { commonLines } from '../../server/domain/common-lines.ts'

/** A run of lines, each with its line ending. */
export type TextChunk =
  /** `same`: nobody changed it; `mine`, `theirs`: one did; `both`: to the same. `before` is what stood there. */
  | {
      readonly kind: 'same' | 'mine' | 'theirs' | 'both'
      readonly before: readonly string[]
      readonly lines: readonly string[]
    }
  | {
      readonly kind: 'conflict'
      readonly before: readonly string[]
      readonly mine: readonly string[]
      readonly theirs: readonly string[]
    }

/** Whose lines go into a conflict's place; `both`: theirs, and mine below. */
export type ChunkChoice = 'mine' | 'theirs' | 'both'

/** The chunks of both texts in order; joined they hold every line of either. */
export function mergeText(base: string, mine: string, theirs: string): TextChunk[] {
  const [baseLines, mineLines, theirLines] = [splitLines(base), splitLines(mine), splitLines(theirs)]
  const inMine = new Map(commonLines(baseLines, mineLines))
  const inTheirs = new Map(commonLines(baseLines, theirLines))
  const chunks: TextChunk[] = []
  const at = { base: 0, mine: 0, theirs: 0 }
  /** Everything up to these places, of which the lines there are the same in all three. */
  const flush = (base: number, mine: number, theirs: number): void => {
    const sides = [
      baseLines.slice(at.base, base),
      mineLines.slice(at.mine, mine),
      theirLines.slice(at.theirs, theirs),
    ] as const
    chunks.push(...(areReplacements(...sides) ? compareEach(...sides) : compare(...sides)))
    Object.assign(at, { base, mine, theirs })
  }
  for (const [index, line] of baseLines.entries()) {
    const [inMineAt, inTheirsAt] = [inMine.get(index), inTheirs.get(index)]
    if (inMineAt === undefined || inTheirsAt === undefined) continue
    flush(index, inMineAt, inTheirsAt)
    const last = chunks.at(-1)
    if (last?.kind === 'same') chunks.splice(-1, 1, sameChunk([...last.lines, line]))
    else chunks.push(sameChunk([line]))
    Object.assign(at, { base: index + 1, mine: inMineAt + 1, theirs: inTheirsAt + 1 })
  }
  flush(baseLines.length, mineLines.length, theirLines.length)
  return chunks
}

/** Whether a person has to choose. */
export function hasConflicts(chunks: readonly TextChunk[]): boolean {
  return chunks.some(({ kind }) => kind === 'conflict')
}

/** The merged text. @param choices by the chunk's place among all; a conflict without one keeps mine */
export function mergedText(
  chunks: readonly TextChunk[],
  choices: ReadonlyMap<number, ChunkChoice> = new Map(),
): string {
  const lines = chunks.flatMap((chunk, index) =>
    chunk.kind === 'conflict' ? chosenLines(chunk, choices.get(index) ?? 'mine') : chunk.lines,
  )
  // A last line without an ending may have come to stand before others.
  return lines
    .map((line, index) => (index < lines.length - 1 && !line.endsWith('\n') ? `${line}\n` : line))
    .join('')
}

function chosenLines(
  { mine, theirs }: { readonly mine: readonly string[]; readonly theirs: readonly string[] },
  choice: ChunkChoice,
): readonly string[] {
  if (choice === 'both') return [...theirs, ...mine]
  return choice === 'mine' ? mine : theirs
}

function compare(before: readonly string[], mine: readonly string[], theirs: readonly string[]): TextChunk[] {
  if (before.length + mine.length + theirs.length === 0) return []
  const isMine = !isEqual(before, mine)
  const isTheirs = !isEqual(before, theirs)
  if (isMine && isTheirs) {
    return isEqual(mine, theirs)
      ? [{ kind: 'both', before, lines: mine }]
      : [{ kind: 'conflict', before, mine, theirs }]
  }
  if (isTheirs) return [{ kind: 'theirs', before, lines: theirs }]
  return [isMine ? { kind: 'mine', before, lines: mine } : { kind: 'same', before, lines: before }]
}

/** Lines that were changed one by one, in their places: neighbours can be told apart. */
function areReplacements(
  before: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): boolean {
  const isInPlace = (lines: readonly string[], others: readonly string[]): boolean =>
    lines.every((line, index) => line === others[index] || !others.includes(line))
  return (
    before.length === mine.length &&
    before.length === theirs.length &&
    isInPlace(mine, before) &&
    isInPlace(theirs, before) &&
    isInPlace(mine, theirs)
  )
}

function compareEach(
  before: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): TextChunk[] {
  return before.flatMap((line, index) =>
    compare([line], mine.slice(index, index + 1), theirs.slice(index, index + 1)),
  )
}

function sameChunk(lines: readonly string[]): TextChunk {
  return { kind: 'same', before: lines, lines }
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index])
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}
