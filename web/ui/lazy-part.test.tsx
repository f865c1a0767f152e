import { cleanup, configure, render, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { lazyPart } from './lazy-part.tsx'

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
