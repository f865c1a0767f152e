import { act, cleanup, render } from '@testing-library/preact'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { afterEach, expect, test } from 'vitest'
import { type CopySource, joinRows, pointOf, type RowRange, rangeOf, useCopyRows } from './copy-rows.ts'

afterEach(cleanup)

const LINES = ['zero', 'first line', 'second', 'third'].map((text, number) => ({ number, text, time: '' }))
const point = (number: number, offset: number) => ({ number, offset })

test('a range is in the order of the lines, however it was drawn', () => {
  const [one, other] = [point(1, 4), point(3, 2)]
  expect(rangeOf(one, other)).toEqual({ first: one, last: other })
  expect(rangeOf(other, one)).toEqual({ first: one, last: other })
  expect(rangeOf(point(1, 4), point(1, 2)).first.offset).toBe(2)
})

test.each<[RowRange, string]>([
  [{ first: point(1, 6), last: point(3, 2) }, 'line\nsecond\nth'],
  [{ first: point(1, 0), last: point(3, Number.POSITIVE_INFINITY) }, 'first line\nsecond\nthird'],
  [{ first: point(1, Number.NaN), last: point(3, Number.NaN) }, 'first line\nsecond\nthird'],
])('the text of %j', (range, text) => {
  expect(joinRows(LINES.slice(1), range)).toEqual({ text, count: 3 })
})

test('a time stands before each line that is taken from its beginning', () => {
  const lines = LINES.map((line) => ({ ...line, time: '10:00' }))
  const { text } = joinRows(lines, { first: point(0, 2), last: point(3, Number.POSITIVE_INFINITY) })
  expect(text).toBe('ro\n10:00 first line\n10:00 second\n10:00 third')
})

/** A list that shows some rows of LINES, as a virtualised one does. */
function List(props: {
  from: number
  to: number
  place: object
  source: CopySource
  onRange: (range: RowRange | null) => void
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  props.onRange(useCopyRows(box, props.place, props.source).value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as in the list
    <div ref={box} tabIndex={0} data-testid="box">
      {LINES.slice(props.from, props.to).map(({ number, text }) => (
        <div key={number} data-number={number}>
          <time>10:00</time>
          <span class="log-text">
            {text.slice(0, 3)}
            <b>{text.slice(3)}</b>
          </span>
        </div>
      ))}
    </div>
  )
}

function show() {
  let seen: RowRange | null = null
  const copied: number[] = []
  const source: CopySource = {
    all: () => ({ first: point(0, 0), last: point(3, Number.POSITIVE_INFINITY) }),
    read: (range) => joinRows(LINES.slice(range.first.number, range.last.number + 1), range),
    onCopied: (count) => copied.push(count),
  }
  const onRange = (range: RowRange | null) => {
    seen = range
  }
  const list = (from: number, to: number, place: object = LINES) => (
    <List from={from} to={to} place={place} source={source} onRange={onRange} />
  )
  const view = render(list(0, 3))
  const box = view.getByTestId('box')
  const textNode = (row: number) => box.querySelector(`[data-number="${row}"] .log-text`)?.firstChild ?? box
  return {
    box,
    textNode,
    copied,
    range: () => seen,
    scroll: (from: number, to: number) => view.rerender(list(from, to)),
    goElsewhere: () => act(() => view.rerender(list(0, 3, {}))),
    select: (anchor: Node, anchorOffset: number, focus: Node, focusOffset: number) =>
      act(() => {
        getSelection()?.setBaseAndExtent(anchor, anchorOffset, focus, focusOffset)
        document.dispatchEvent(new Event('selectionchange'))
      }),
    fire: (event: Event, target: EventTarget = document) => act(() => void target.dispatchEvent(event)),
  }
}

test('a place is told by the letters before it, over colours', () => {
  const { box, textNode } = show()
  expect(pointOf(box, textNode(1), 2)).toEqual(point(1, 2))
  expect(pointOf(box, box.querySelector('[data-number="1"] b')?.firstChild ?? null, 2)).toEqual(point(1, 5))
  expect(pointOf(box, document.body, 0)).toBeNull()
})

test('a selection over rows outlives the rows, and goes with the next one', () => {
  const list = show()
  list.select(list.textNode(0), 1, list.textNode(2), 2)
  expect(list.range()).toEqual({ first: point(0, 1), last: point(2, 2) })
  list.scroll(2, 4)
  list.select(list.box, 0, list.textNode(3), 3)
  // Chromium moves the anchor into the first row that is left.
  list.select(list.textNode(2), 0, list.textNode(3), 3)
  expect(list.range()).toEqual({ first: point(0, 1), last: point(3, 3) })
  list.fire(new Event('selectstart'))
  expect(list.range()).toBeNull()
})

test('a selection ends where numbers mean other lines', () => {
  const list = show()
  list.select(list.textNode(0), 1, list.textNode(2), 2)
  expect(list.range()).not.toBeNull()
  list.goElsewhere()
  expect(list.range()).toBeNull()
})

test('a selection within one row is left to the browser', () => {
  const list = show()
  list.select(list.textNode(1), 0, list.textNode(1), 2)
  expect(list.range()).toBeNull()
})

test('Ctrl+A in the list takes all lines, and copying says how many', () => {
  const list = show()
  list.fire(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true }), list.box)
  expect(list.range()).toEqual({ first: point(0, 0), last: point(3, Number.POSITIVE_INFINITY) })
  const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), cancelable: true })
  list.fire(event)
  expect(event.clipboardData?.getData('text/plain')).toBe('zero\nfirst line\nsecond\nthird')
  expect(event.defaultPrevented).toBe(true)
  expect(list.copied).toEqual([4])
  list.fire(new KeyboardEvent('keydown', { key: 'Escape' }))
  expect(list.range()).toBeNull()
})

test('Ctrl+A elsewhere is left alone', () => {
  const list = show()
  list.fire(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true }), document.body)
  expect(list.range()).toBeNull()
})
