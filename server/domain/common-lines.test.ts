import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonLines } from './common-lines.ts'

/** How many lines two texts have in common in order, by the definition. */
function longest(before: readonly string[], after: readonly string[]): number {
  const [line, ...rest] = before
  if (line === undefined) return 0
  const at = after.indexOf(line)
  const without = longest(rest, after)
  return at === -1 ? without : Math.max(without, 1 + longest(rest, after.slice(at + 1)))
}

describe('common lines', () => {
  it('are in order, the same in both, and as many as there can be', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 })
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const common = commonLines(before, after)
        expect(common.map(([row]) => before[row])).toEqual(common.map(([, column]) => after[column]))
        for (const side of [0, 1] as const) {
          const places = common.map((places) => places[side])
          expect(places).toEqual([...new Set(places)].toSorted((one, other) => one - other))
        }
        expect(common).toHaveLength(longest(before, after))
      }),
    )
  })

  it('of very different long texts are those at their ends', () => {
    const middle = (letter: string) => Array.from({ length: 2_100 }, (_, index) => `${letter}${index}`)
    const text = (letter: string) => ['first', ...middle(letter), 'shared', ...middle(letter), 'last']
    expect(commonLines(text('x'), text('y'))).toEqual([
      [0, 0],
      [4_202, 4_202],
    ])
  })
})
