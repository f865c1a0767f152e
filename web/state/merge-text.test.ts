import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasConflicts, mergedText, mergeText } from './merge-text.ts'

const BASE = 'A=1\nB=2\nC=3\nD=4\n'

test('what only one of the two changed is taken by itself', () => {
  const chunks = mergeText(BASE, 'A=mine\nB=2\nC=3\nD=4\n', 'A=1\nB=2\nC=3\nD=theirs\nE=5\n')
  expect(hasConflicts(chunks)).toBe(false)
  expect(mergedText(chunks)).toBe('A=mine\nB=2\nC=3\nD=theirs\nE=5\n')
  expect(chunks.map(({ kind }) => kind)).toEqual(['mine', 'same', 'theirs'])
})

test('the same change by both is no conflict', () => {
  const chunks = mergeText(BASE, BASE.replace('2', 'x'), BASE.replace('2', 'x'))
  expect(chunks.map(({ kind }) => kind)).toEqual(['same', 'both', 'same'])
  expect(mergedText(chunks)).toBe(BASE.replace('2', 'x'))
})

describe('where both changed the same line', () => {
  const chunks = mergeText(BASE, BASE.replace('B=2', 'B=mine'), BASE.replace('B=2', 'B=theirs'))

  test('both sides and what stood there are told', () => {
    expect(chunks[1]).toEqual({
      kind: 'conflict',
      before: ['B=2\n'],
      mine: ['B=mine\n'],
      theirs: ['B=theirs\n'],
    })
  })

  test.each([
    ['mine', 'A=1\nB=mine\nC=3\nD=4\n'],
    ['theirs', 'A=1\nB=theirs\nC=3\nD=4\n'],
    ['both', 'A=1\nB=theirs\nB=mine\nC=3\nD=4\n'],
  ] as const)('%s goes in its place', (choice, text) => {
    expect(mergedText(chunks, new Map([[1, choice]]))).toBe(text)
  })

  test('without a choice nothing that was typed is lost', () => {
    expect(mergedText(chunks)).toContain('B=mine')
  })
})

test('a line that one changed and the other removed is a conflict', () => {
  const chunks = mergeText(BASE, 'A=1\nC=3\nD=4\n', BASE.replace('B=2', 'B=theirs'))
  expect(chunks[1]).toMatchObject({ kind: 'conflict', mine: [], theirs: ['B=theirs\n'] })
})

test('lines that both added at the end are a conflict, and neither runs into the other', () => {
  const chunks = mergeText('A=1', 'A=1\nB=mine', 'A=1\nB=theirs')
  expect(hasConflicts(chunks)).toBe(true)
  const index = chunks.findIndex(({ kind }) => kind === 'conflict')
  expect(mergedText(chunks, new Map([[index, 'both']]))).toBe('A=1\nB=theirs\nA=1\nB=mine')
})

test('neighbours that were changed one by one are no conflict, a line that moved is', () => {
  const chunks = mergeText('A=1\nB=2\n', 'A=mine\nB=2\n', 'A=1\nB=theirs\n')
  expect(chunks.map(({ kind }) => kind)).toEqual(['mine', 'theirs'])
  expect(hasConflicts(mergeText('A=1\nB=2\n', 'A=mine\nB=2\n', 'B=2\nC=3\n'))).toBe(true)
})

test('line endings are a part of the lines', () => {
  const chunks = mergeText('A=1\r\nB=2\r\n', 'A=1\r\nB=3\r\n', 'A=9\r\nB=2\r\n')
  expect(mergedText(chunks)).toBe('A=9\r\nB=3\r\n')
})

const text = fc
  .array(fc.constantFrom('A=1', 'B=2', 'C=3', '', '# x'), { maxLength: 8 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''))

test('an unchanged side leaves the other as it is', () => {
  fc.assert(
    fc.property(text, text, (base, other) => {
      expect(mergedText(mergeText(base, other, base))).toBe(other)
      expect(mergedText(mergeText(base, base, other))).toBe(other)
      expect(mergedText(mergeText(base, other, other))).toBe(other)
    }),
  )
})

test('choosing one side everywhere never brings in a line that nobody wrote', () => {
  fc.assert(
    fc.property(text, text, text, (base, mine, theirs) => {
      const chunks = mergeText(base, mine, theirs)
      const lines = new Set([mine, theirs].join('').split('\n'))
      for (const choice of ['mine', 'theirs', 'both'] as const) {
        const choices = new Map(chunks.map((_chunk, index) => [index, choice]))
        for (const line of mergedText(chunks, choices).split('\n')) expect(lines).toContain(line)
      }
    }),
  )
})

test('the sides of the chunks are the two texts, whole and in order', () => {
  fc.assert(
    fc.property(text, text, text, (base, mine, theirs) => {
      const chunks = mergeText(base, mine, theirs)
      const side = (kept: 'mine' | 'theirs') =>
        chunks
          .flatMap((chunk) =>
            chunk.kind === 'conflict'
              ? chunk[kept]
              : chunk.kind === kept || chunk.kind === 'both'
                ? chunk.lines
                : chunk.before,
          )
          .join('')
      expect(side('mine')).toBe(mine)
      expect(side('theirs')).toBe(theirs)
    }),
  )
})
