import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LogFilters, NO_FILTERS, shownTest } from './log-filters.ts'
import { LogIndex } from './log-index.ts'
import { LogMarks, markerOf, markSegments } from './log-marks.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { rowsOf } from './test-rows.ts'

const marker = (text: string, isCaseExact = false) => markerOf({ ...NO_FILTERS, text, isCaseExact })
const seg = (...texts: string[]) => texts.map((text, at) => ({ text, className: `c${at}` }))

test('a match over several colours is marked in each', () => {
  expect(markSegments(seg('[gate', 'way] ga', 'teway'), marker('GATEWAY'))).toEqual([
    { text: '[', className: 'c0', isMarked: false },
    { text: 'gate', className: 'c0', isMarked: true },
    { text: 'way', className: 'c1', isMarked: true },
    { text: '] ', className: 'c1', isMarked: false },
    { text: 'ga', className: 'c1', isMarked: true },
    { text: 'teway', className: 'c2', isMarked: true },
  ])
})

test('marking loses no letter, and marks what a plain search finds', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.', '$', '('), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), part, (parts, needle) => {
      const marked = markSegments(seg(...parts), marker(needle, true))
      const text = parts.join('')
      expect(marked.map((one) => one.text).join('')).toBe(text)
      let wanted = ''
      for (let at = 0; at < text.length; ) {
        const isHit = needle !== '' && text.startsWith(needle, at)
        wanted += isHit ? '1'.repeat(needle.length) : '0'
        at += isHit ? needle.length : 1
      }
      expect(marked.map((one) => (one.isMarked ? '1' : '0').repeat(one.text.length)).join('')).toBe(wanted)
    }),
    { numRuns: 500 },
  )
})

test('a line of matches without end ends', () => {
  expect(markSegments(seg('a'.repeat(5_000)), marker('a')).length).toBeLessThan(300)
})

test('nothing is marked without a text, or for lines that lack it', () => {
  expect(markerOf(NO_FILTERS)).toBeNull()
  expect(markerOf({ ...NO_FILTERS, text: 'a', isInverse: true })).toBeNull()
})

function marksOf(texts: readonly string[], filters: Partial<LogFilters>): LogMarks {
  const ring = new LogRing(100)
  const index = new LogIndex(ring)
  const view = new LogView(ring, index)
  ring.append(rowsOf(texts.map((text) => ({ text }))))
  const all = { ...NO_FILTERS, ...filters }
  view.configure({ filter: shownTest(all, index), columns: null })
  view.sync(1e9)
  index.sync(1e9)
  const marks = new LogMarks(ring, index)
  marks.configure(all, view)
  expect(marks.sync(1e9)).toBe(true)
  return marks
}

test.each([true, false])('goes from match to match, round at both ends (mark only: %s)', (isMarkOnly) => {
  const marks = marksOf(['a', 'x', 'a', 'x', 'a'], { text: 'A', isMarkOnly })
  marks.sight = { first: 1, last: 3 }
  expect([marks.count, marks.position]).toEqual([3, 0])
  expect([marks.step(1), marks.position]).toEqual([2, 2])
  expect([marks.step(1), marks.step(1), marks.position]).toEqual([4, 0, 1])
  expect([marks.step(-1), marks.step(-1)]).toEqual([4, 2])
})

test('without a place of its own the way back begins at the last line in sight', () => {
  const marks = marksOf(['a', 'x', 'a', 'x', 'a'], { text: 'a', isMarkOnly: true })
  marks.sight = { first: 0, last: 3 }
  expect(marks.step(-1)).toBe(2)
})

test('the first step never goes round: from the end it leads to the newest one, from the beginning to the oldest', () => {
  const texts = ['a error: 1', 'a', 'x', 'a', 'x', 'x'].map((text) => text.replace('a error', '[a] error'))
  for (const isMarkOnly of [true, false]) {
    const atEnd = marksOf(texts, { text: 'a', isMarkOnly })
    atEnd.sight = { first: 4, last: 5 }
    expect([atEnd.step(1), atEnd.step(1)]).toEqual([3, 0])
    const atTop = marksOf(['x', ...texts], { text: 'a', isMarkOnly })
    atTop.sight = { first: 0, last: 0 }
    expect([atTop.step(-1), atTop.step(-1)]).toEqual([1, 4])
  }
  const errors = marksOf(['[a] error: 1', '[a] error: 2', 'x', 'x'], {})
  errors.sight = { first: 2, last: 3 }
  expect([errors.stepError(1), errors.stepError(1)]).toEqual([1, 0])
})

test('no match, no step', () => {
  const marks = marksOf(['a'], { text: 'b' })
  expect([marks.step(1), marks.step(-1), marks.stepError(1)]).toEqual([null, null, null])
})

test('goes from error to error, each stack being part of one', () => {
  const marks = marksOf(['x', '[a] error: 1', '    at a (b.js:1:1)', 'x', '[a] fatal: 2', '[a] warn: 3'], {})
  marks.sight = { first: 0, last: 5 }
  expect([marks.stepError(1), marks.stepError(1), marks.stepError(1)]).toEqual([1, 4, 1])
  expect([marks.stepError(-1), marks.stepError(-1)]).toEqual([4, 1])
})

test('another text begins anew', () => {
  const ring = new LogRing(10)
  const index = new LogIndex(ring)
  const view = new LogView(ring, index)
  ring.append(rowsOf([{ text: 'ab' }]))
  const marks = new LogMarks(ring, index)
  for (const text of ['a', 'b']) {
    const filters = { ...NO_FILTERS, text, isMarkOnly: true }
    view.sync(1e9)
    marks.configure(filters, view)
    marks.sync(1e9)
    expect(marks.position).toBe(0)
    expect([marks.step(1), marks.position]).toEqual([0, 1])
  }
})

test('the reader stays at a match whether other lines are shown or not', () => {
  const ring = new LogRing(10)
  const index = new LogIndex(ring)
  const view = new LogView(ring, index)
  ring.append(rowsOf([{ text: 'a' }, { text: 'x' }, { text: 'a' }]))
  const marks = new LogMarks(ring, index)
  for (const isMarkOnly of [false, true]) {
    const filters = { ...NO_FILTERS, text: 'a', isMarkOnly }
    view.configure({ filter: shownTest(filters, index), columns: null })
    view.sync(1e9)
    marks.configure(filters, view)
    marks.sync(1e9)
    if (!isMarkOnly) marks.goTo(2)
    expect([marks.current, marks.position]).toEqual([2, 2])
  }
})

test('the place to be kept is the current line while it is in sight, else the first one', () => {
  const marks = marksOf(['a', 'x', 'a', 'x', 'a'], { text: 'a' })
  marks.sight = { first: 1, last: 3 }
  expect(marks.placeInSight()).toBe(1)
  marks.step(1)
  expect(marks.placeInSight()).toBe(2)
  marks.sight = { first: 3, last: 4 }
  expect(marks.placeInSight()).toBe(3)
})
