import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseDocument, WholeLineDialog } from './whole-line-dialog.tsx'

const fetchMock = vi.fn<(url: string) => Promise<Response>>()
beforeEach(() => {
  fetchMock.mockReset()
  vi.stubGlobal('fetch', fetchMock)
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const answer = (body: unknown, status = 200) =>
  fetchMock.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }))
const open = async () => {
  render(<WholeLineDialog cursor="0123456789ab.z" onClose={() => undefined} />)
  await vi.waitFor(() => expect(screen.queryByText('Reading the line')).toBeNull())
}

test('a text is shown as it is, without its colours', async () => {
  answer({ text: '\x1b[31mlong\x1b[0m <i>line</i>', truncated: false })
  await open()
  expect(fetchMock.mock.calls[0]?.[0]).toBe('/api/logs/line?cursor=0123456789ab.z')
  expect(screen.getByLabelText('The line').textContent).toBe('long <i>line</i>')
  expect(screen.queryByRole('button', { name: 'As a tree' })).toBeNull()
})

test('a JSON document is a tree whose large parts unfold on demand', async () => {
  const list = Array.from({ length: 450 }, (_, id) => ({ id }))
  answer({ text: JSON.stringify({ msg: 'whole', list }), truncated: false })
  await open()
  expect(screen.getByText('"whole"')).toBeTruthy()
  expect(screen.queryByText('200 more')).toBeNull()
  const details = screen.getByText('[450]').closest('details')
  await act(async () => {
    if (details) details.open = true
    if (details) fireEvent(details, new Event('toggle'))
  })
  expect(screen.getByText('250 more')).toBeTruthy()
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'As a tree' }))
  })
  expect(screen.getByLabelText('The line').textContent).toMatch(/^\{"msg":"whole"/)
})

test('a tree that is a hundred thousand levels deep, or wide at each level, opens by its first ones', async () => {
  answer({ text: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, truncated: false })
  await open()
  expect(screen.getAllByText('"a"')).toHaveLength(3)
  cleanup()
  let wide: object = {}
  for (let level = 0; level < 5; level += 1) wide = Array.from({ length: 8 }, () => wide)
  answer({ text: JSON.stringify(wide), truncated: false })
  await open()
  expect(document.querySelectorAll('details').length).toBeLessThan(1_000)
})

test('a text in a tree is shown by its beginning, and lets nothing loose that the line has escaped', async () => {
  answer({ text: `{"long":"${'x'.repeat(1_000_000)}","na\\u202eme":"a\\u202eb"}`, truncated: false })
  await open()
  const tree = screen.getByLabelText('The line').textContent ?? ''
  expect(tree.length).toBeLessThan(11_000)
  expect(tree).toContain('1,000,000 characters')
  expect(tree).toContain('"na\\u202eme": "a\\u202eb"')
  expect(tree).not.toContain('\u202e')
})

test('of a very long line the rest is laid out on demand; one that is longer than that is said to be', async () => {
  answer({ text: 'x'.repeat(150_000), truncated: true })
  await open()
  expect(screen.getByLabelText('The line').textContent).toHaveLength(100_000)
  expect(screen.getByText(/the first 150 kB of a longer line/)).toBeTruthy()
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Show all 150,000 characters' }))
  })
  expect(screen.getByLabelText('The line').textContent).toHaveLength(150_000)
})

test('a line that has gone meanwhile says so', async () => {
  const title = 'This line of the log is not kept any more'
  answer(
    { type: 'about:blank', title, status: 404, code: 'LOG_LINE_NOT_FOUND', hint: 'Older lines go.' },
    404,
  )
  await open()
  expect(screen.getByRole('alert').textContent).toContain(title)
})

test('only objects and lists are documents', () => {
  expect(parseDocument('[1]')).toEqual({ value: [1] })
  expect([parseDocument('{a'), parseDocument('"a"'), parseDocument('12'), parseDocument('[x] y')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
