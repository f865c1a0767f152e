import { cleanup, configure, render, waitFor } from '@testing-library/preact'
import { render as drawOnly, type JSX } from 'preact'
import { afterEach, expect, test, vi } from 'vitest'
import { fetchAtFirstSign, lazyPart } from './lazy-part.tsx'

configure({ asyncUtilTimeout: 10_000 })

afterEach(cleanup)

test('a part is fetched once, when it is first shown', async () => {
  const load = vi.fn(async () => ({ name }: { name: string }) => <b>{name}</b>)
  const Part = lazyPart(load)
  expect(load).not.toHaveBeenCalled()
  const first = render(<Part name="one" />)
  expect(first.container.textContent).toBe('')
  await waitFor(() => expect(first.container.textContent).toBe('one'))
  first.unmount()
  expect(render(<Part name="two" />).container.textContent).toBe('two')
  expect(load).toHaveBeenCalledTimes(1)
})

test('a part that is gone says so, and is asked for again when it is shown again', async () => {
  const load = vi
    .fn()
    .mockRejectedValueOnce(new TypeError('gone'))
    .mockResolvedValue(() => <b>here</b>)
  const Part = lazyPart(load)
  const first = render(<Part />)
  await waitFor(() => expect(first.getByRole('alert').textContent).toContain('could not be loaded'))
  first.unmount()
  const second = render(<Part />)
  await waitFor(() => expect(second.container.textContent).toBe('here'))
})

test('what keeps its room stands there until the part has come', async () => {
  const Part = lazyPart(async () => () => <b>here</b>, <i>coming</i>)
  const { container } = render(<Part />)
  expect(container.textContent).toBe('coming')
  await waitFor(() => expect(container.textContent).toBe('here'))
})

test('a part that was fetched before is there at once', async () => {
  const Part = lazyPart(async () => () => <b>here</b>, <i>coming</i>)
  await Part.fetch()
  expect(render(<Part />).container.textContent).toBe('here')
})

test('a part that comes between its first drawing and the look for it is not left out', async () => {
  const coming = Promise.withResolvers<() => JSX.Element>()
  const Part = lazyPart(() => coming.promise)
  const before = Part.fetch()
  const place = document.createElement('div')
  // Without the helper of the tests, which would look at once.
  drawOnly(<Part />, place)
  coming.resolve(() => <b>here</b>)
  await before
  await waitFor(() => expect(place.textContent).toBe('here'))
  drawOnly(null, place)
})

test.each(['pointermove', 'pointerdown', 'keydown'])('a %s fetches what a click may show, once', (sign) => {
  const parts = [{ fetch: vi.fn(async () => undefined) }, { fetch: vi.fn(async () => Promise.reject()) }]
  fetchAtFirstSign(parts)
  expect(parts.map(({ fetch }) => fetch.mock.calls.length)).toEqual([0, 0])
  dispatchEvent(new Event(sign))
  dispatchEvent(new Event('keydown'))
  expect(parts.map(({ fetch }) => fetch.mock.calls.length)).toEqual([1, 1])
})

test('a page that has gone fetches nothing more', () => {
  const part = { fetch: vi.fn(async () => undefined) }
  fetchAtFirstSign([part])()
  dispatchEvent(new Event('keydown'))
  expect(part.fetch).not.toHaveBeenCalled()
})
