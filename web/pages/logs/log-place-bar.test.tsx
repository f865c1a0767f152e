import { act, cleanup, configure, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogEdge } from './log-edge.tsx'
import { LogPlaceBar } from './log-place-bar.tsx'
import { LogPlaces } from './log-places.ts'
import { LogSession } from './log-session.ts'
import { lineOf, serveLog, type TestLog } from './test-log-api.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

configure({ asyncUtilTimeout: 10_000 })

let log: TestLog
let live: LogSession
let places: LogPlaces
const onBack = vi.fn()

beforeEach(() => {
  log = serveLog(0, 10_000)
  live = new LogSession()
  live.take({ type: 'lines', rows: rowsOf([lineOf(9_999)]) })
  live.take({ type: 'live' })
  places = new LogPlaces(live, () => undefined)
  onBack.mockReset()
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const none = () => 0
const show = () => render(<LogPlaceBar places={places} onBack={onBack} />)

test('at the live end there is nothing to say', () => {
  expect(show().container.textContent).toBe('')
})

test('in the history it says so, counts what has come, and leads back', async () => {
  await places.lookAtLine(cursorOf(100))
  live.take({ type: 'lines', rows: rowsOf([lineOf(10_000), lineOf(10_001), lineOf(10_002)]) })
  show()
  expect(screen.getByRole('status').textContent).toContain('You look at earlier lines.')
  fireEvent.click(screen.getByRole('button', { name: 'Back to the end (3 new lines)' }))
  expect(onBack).toHaveBeenCalledOnce()
})

test('later lines that could not be read can be tried again', async () => {
  await places.lookAtLine(cursorOf(100))
  log.failure = new TypeError('away')
  await places.current.value.loadNewer()
  show()
  expect(screen.getByRole('status').textContent).toContain('The panel does not answer')
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await vi.waitFor(() => expect(places.current.value.newer?.value.kind).toBe('idle'))
  })
  expect(screen.getByRole('status').textContent).toContain('You look at earlier lines.')
})

test('a line that has gone is told with what mends it, until it is dismissed', async () => {
  await places.lookAtLine(cursorOf(20_000))
  show()
  expect(screen.getByRole('status').textContent).toContain('This line of the log is not kept any more.')
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
  })
  expect(screen.queryByRole('status')).toBeNull()
})

test('above the first line that is kept it says that it is', async () => {
  await places.lookAtLine(cursorOf(0))
  render(<LogEdge place={places.current.value} isFiltered={false} count={none} />)
  expect(await screen.findByText('The first line that is kept')).toBeTruthy()
  cleanup()
  // The line below need not be the first one there.
  render(<LogEdge place={places.current.value} isFiltered={true} count={none} />)
  expect(await screen.findByText('No earlier lines are kept')).toBeTruthy()
})

test('a filtered list looks further back until a line is found, a failure stops it, or all has been read', async () => {
  const { container } = render(<LogEdge place={live} isFiltered={false} count={none} />)
  expect(container.textContent).toBe('')
  cleanup()
  const count = () => (live.ring.count > 3_000 ? 1 : 0) + (live.ring.count > 5_000 ? 1 : 0)
  render(<LogEdge place={live} isFiltered={true} count={count} />)
  const look = () =>
    fireEvent.click(screen.getByRole('button', { name: /Look through earlier lines|Try again/ }))
  const readTo = async (lines: number) => {
    await vi.waitFor(() => expect(live.ring.count).toBe(lines))
    await screen.findByRole('button')
  }
  await screen.findByRole('button')
  look()
  await readTo(3_001)
  look()
  await readTo(5_001)
  log.failure = new TypeError('away')
  look()
  await screen.findByRole('button', { name: 'Try again' })
  expect(live.ring.count).toBe(5_001)
  look()
  await vi.waitFor(() => expect(screen.getByText('No earlier lines are kept')).toBeTruthy())
  expect(live.ring.count).toBe(10_000)
})

test('a marked line: its link is copied by a button that says so', async () => {
  const writeText = vi.fn(async () => undefined)
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  places.mark(cursorOf(9_999))
  show()
  const button = screen.getByRole('button', { name: 'Copy link to this line' })
  expect(button.textContent).toBe('Copy link')
  await act(async () => {
    fireEvent.click(button)
  })
  expect(writeText).toHaveBeenCalledWith(location.href)
})
