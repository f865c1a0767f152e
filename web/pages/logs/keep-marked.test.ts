import { expect, test } from 'vitest'
import { keepMarked } from './keep-marked.ts'

/** A list of this height, scrolled to 1000, with its marked row at a place below its top. */
function listOf(clientHeight: number, row: { top: number; bottom: number } | null): HTMLElement {
  const box = document.createElement('div')
  box.getBoundingClientRect = () => new DOMRect(0, 50, 100, clientHeight)
  Object.defineProperty(box, 'clientHeight', { value: clientHeight })
  if (row) {
    const marked = document.createElement('div')
    marked.className = 'log-row'
    marked.dataset.marked = 'true'
    marked.getBoundingClientRect = () => new DOMRect(0, 50 + row.top, 100, row.bottom - row.top)
    box.append(marked)
  }
  let scrolled = 1_000
  Object.defineProperty(box, 'scrollTop', {
    get: () => scrolled,
    set: (to: number) => {
      scrolled = to
    },
  })
  return box
}

test.each([
  ['the last line comes up', 360, { top: 380, bottom: 400 }, 1_040],
  ['a line that is still in sight stays', 360, { top: 100, bottom: 120 }, 1_000],
  ['a line that was out of sight stays there', 360, { top: 500, bottom: 520 }, 1_000],
  ['of a line higher than the list the beginning stays', 360, { top: 10, bottom: 400 }, 1_010],
  ['a list that is as high as before is left alone', 400, { top: 390, bottom: 410 }, 1_000],
  ['without a marked line nothing happens', 360, null, 1_000],
])('%s', (_what, height, row, scrollTop) => {
  const box = listOf(height, row)
  expect(keepMarked(box, 400)).toBe(scrollTop !== 1_000)
  expect(box.scrollTop).toBe(scrollTop)
})
