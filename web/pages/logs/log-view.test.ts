import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prependPage } from './log-pieces.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { cursorOf, rowsOf } from './test-rows.ts'
import { wrappedRows } from './wrapped-rows.ts'

const TIME = '2026-01-01T00:00:00Z'
const FOREVER_MS = 1e9

function append(ring: LogRing, texts: readonly string[]): void {
  if (texts.length > 0) ring.append(rowsOf(texts.map((text) => ({ time: TIME, text }))))
}
const older = (text: string) => ({ cursor: cursorOf(0), time: TIME, stream: 'stdout' as const, text })

/** What the view must say, counted the plain way. */
function expected(ring: LogRing, filter: string, columns: number | null): { number: number; top: number }[] {
  const shown: { number: number; top: number }[] = []
  let top = 0
  for (let number = ring.first; number < ring.end; number += 1) {
    const text = ring.get(number)?.text ?? ''
    if (!text.toLowerCase().includes(filter.toLowerCase())) continue
    shown.push({ number, top })
    top += columns === null ? 1 : wrappedRows(text, columns)
  }
  return [...shown, { number: -1, top }]
}

function actual(view: LogView): { number: number; top: number }[] {
  const shown = Array.from({ length: view.count }, (_, index) => ({
    number: view.numberAt(index),
    top: view.topOf(index),
  }))
  return [...shown, { number: -1, top: view.rows }]
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'x', ' '), maxLength: 25 })
const action = fc.oneof(
  fc.record({ do: fc.constant('append' as const), texts: fc.array(text, { maxLength: 12 }) }),
  fc.record({ do: fc.constant('prepend' as const), texts: fc.array(text, { maxLength: 6 }) }),
  fc.record({ do: fc.constant('clear' as const) }),
  fc.record({
    do: fc.constant('configure' as const),
    filter: fc.constantFrom('', 'a', 'AB', 'zz'),
    columns: fc.constantFrom(null, 7, 10),
  }),
)

test('whatever happens to the ring, the view says the same as counting would', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), fc.integer({ min: 1, max: 25 }), (actions, capacity) => {
      const ring = new LogRing(capacity)
      const view = new LogView(ring)
      let filter = ''
      let columns: number | null = null
      for (const step of actions) {
        if (step.do === 'append') append(ring, step.texts)
        else if (step.do === 'prepend') prependPage(ring, { lines: step.texts.map(older) })
        else if (step.do === 'clear') ring.clear()
        else {
          filter = step.filter
          columns = step.columns
          view.configure({ filter, columns })
        }
        expect(view.sync(FOREVER_MS).isDone).toBe(true)
        const wanted = expected(ring, filter, columns)
        expect(actual(view)).toEqual(wanted)
        for (const [index, { top }] of wanted.slice(0, -1).entries()) {
          expect(view.indexAt(top)).toBe(index)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test.each(['', 'b'])(
  'places stay right when so many lines went that the view lets go of them (filter %j)',
  (filter) => {
    const ring = new LogRing(15_000)
    const view = new LogView(ring)
    view.configure({ filter, columns: 10 })
    for (let at = 0; at < 8; at += 1) {
      append(
        ring,
        Array.from({ length: 10_000 }, (_, index) => (index % 3 === 0 ? 'b'.repeat(25) : 'bc')),
      )
      view.sync(FOREVER_MS)
      const wanted = expected(ring, filter, 10)
      expect(actual(view).at(-1)).toEqual(wanted.at(-1))
      expect(actual(view)[7_000]).toEqual(wanted[7_000])
    }
  },
)

test('the reader is told how many rows went and came at the top', () => {
  const ring = new LogRing(4)
  const view = new LogView(ring)
  view.configure({ filter: '', columns: 10 })
  append(ring, ['a'.repeat(25), 'b', 'c', 'd'])
  view.sync(FOREVER_MS)
  append(ring, ['e'])
  expect(view.sync(FOREVER_MS)).toMatchObject({ removedRows: 3, addedRows: 0 })
  ring.clear()
  append(ring, ['x'])
  view.sync(FOREVER_MS)
  prependPage(ring, { lines: [older('y'.repeat(11)), older('z')] })
  expect(view.sync(FOREVER_MS)).toMatchObject({ removedRows: 0, addedRows: 3 })
})

test('a drawn height corrects the counted one and moves what follows', () => {
  const ring = new LogRing(10)
  const view = new LogView(ring)
  view.configure({ filter: '', columns: 10 })
  append(ring, ['a', '漢'.repeat(10), 'c'])
  view.sync(FOREVER_MS)
  expect(view.correct(1, 2)).toBe(true)
  expect(view.correct(1, 2)).toBe(false)
  expect([view.topOf(1), view.topOf(2), view.rows]).toEqual([1, 3, 4])
})

test('a search stops when its time is over, and goes on where it was', () => {
  const ring = new LogRing(5_000)
  const view = new LogView(ring)
  append(
    ring,
    Array.from({ length: 5_000 }, (_, index) => (index % 2 === 0 ? 'even' : 'odd')),
  )
  view.configure({ filter: 'EVEN', columns: null })
  expect(view.sync(-1).isDone).toBe(false)
  expect(view.count).toBe(250)
  while (!view.sync(-1).isDone) expect(view.count).toBeLessThan(2_500)
  expect(view.count).toBe(2_500)
})

test('new lines are counted among those shown', () => {
  const ring = new LogRing(10)
  const view = new LogView(ring)
  view.configure({ filter: 'a', columns: null })
  append(ring, ['a', 'b', 'a', 'b', 'a'])
  view.sync(FOREVER_MS)
  expect([view.countFrom(0), view.countFrom(1), view.countFrom(3), view.countFrom(5)]).toEqual([3, 2, 1, 0])
})

test('colours are no part of what is searched', () => {
  const ring = new LogRing(10)
  const view = new LogView(ring)
  append(ring, ['\x1b[36m[gate\x1b[39mway]'])
  view.configure({ filter: '[gateway]', columns: null })
  view.sync(FOREVER_MS)
  expect(view.count).toBe(1)
})
