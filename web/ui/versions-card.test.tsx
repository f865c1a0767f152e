import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FileVersion } from '../../contract/versions.ts'
import { formatDateTime } from './format.ts'
import type { LoadDifference } from './version-difference.tsx'
import { VersionsCard, type VersionsCardProps } from './versions-card.tsx'

const NOW = Date.parse('2026-03-01T12:00:00Z')

function version(id: string, part: Partial<FileVersion> = {}): FileVersion {
  return {
    id,
    at: '2026-03-01T11:57:00Z',
    by: 'page',
    etag: `etag-${id}`,
    sizeBytes: 100,
    isCurrent: false,
    added: 2,
    removed: 1,
    ...part,
  }
}

const current = version('3-0000000c', { isCurrent: true, by: 'outside', at: '2026-03-01T11:59:58Z' })
const rotated = version('2-0000000b', { reason: 'rotate-token', by: 'cli' })
const proven = version('1-0000000a', { provenAt: '2026-02-01T12:00:00Z', at: '2026-02-01T11:00:00Z' })

const loadDifference = vi.fn<LoadDifference>()
const onGoBack = vi.fn<(version: FileVersion) => void>()

beforeEach(() => {
  vi.useFakeTimers()
  HTMLDialogElement.prototype.showModal ??= () => {}
  loadDifference.mockReset().mockResolvedValue({ lines: [{ sign: '+', text: 'mode: "local"' }] })
  onGoBack.mockReset()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function show(part: Partial<VersionsCardProps> = {}): void {
  render(
    <VersionsCard
      file="config"
      versions={{ kind: 'known', value: [current, rotated, proven] }}
      wentBack={null}
      problem={null}
      isBusy={false}
      now={NOW}
      reason={undefined}
      loadDifference={loadDifference}
      onGoBack={onGoBack}
      onRetry={() => {}}
      {...part}
    />,
  )
}
const click = async (element: HTMLElement) => {
  fireEvent.click(element)
  await act(async () => {
    await vi.advanceTimersByTimeAsync(50)
  })
}
const labelled = (what: string, { at }: FileVersion) => `${what}: version of ${formatDateTime(at)}`
const press = (name: RegExp | string) => click(screen.getByRole('button', { name }))

test('each version says when, by whom, why, how much, and what is known of it', () => {
  show()
  const [first, second, third] = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
  expect(first).toContain('just now')
  expect(first).toContain('current')
  expect(first).toContain('outside of the panel')
  expect(second).toContain('3 min ago')
  expect(second).toContain('2 lines added, 1 removed')
  expect(second).toContain('in a shell, by razroom-panel: new token')
  expect(third).toContain('started a gateway')
  expect(third).toContain('28 days 1 h ago')
})

test('the difference is asked for when it is wanted, one way or the other', async () => {
  show()
  expect(loadDifference).not.toHaveBeenCalled()
  await press(labelled('Difference', rotated))
  expect(loadDifference).toHaveBeenLastCalledWith(rotated.id, 'previous')
  expect(screen.getByRole('region', { name: 'Changed lines' }).textContent).toContain('mode: "local"')
  await click(screen.getByLabelText('What going back to it changes'))
  expect(loadDifference).toHaveBeenLastCalledWith(rotated.id, 'current')
})

test('going back asks first, with the difference; the version that the file is has no such button', async () => {
  show()
  expect(screen.getAllByRole('button', { name: /^Go back to this/ })).toHaveLength(2)
  await press(labelled('Go back to this', proven))
  expect(loadDifference).toHaveBeenLastCalledWith(proven.id, 'current')
  expect(onGoBack).not.toHaveBeenCalled()
  const dialog = document.querySelector('dialog')
  if (!dialog) throw new Error('no dialog')
  expect(dialog.textContent).toContain('mode: "local"')
  await click(within(dialog).getByText('Go back to it'))
  expect(onGoBack).toHaveBeenCalledExactlyOnceWith(proven)
  expect(document.querySelector('dialog')).toBeNull()
})

test('where there was no file there is nothing to go back to', () => {
  const absent = version('0-00000000', { etag: 'absent', sizeBytes: 0 })
  show({ versions: { kind: 'known', value: [current, absent] }, wentBack: { to: current, before: absent } })
  expect(screen.getAllByRole('listitem')[1]?.textContent).toContain('no file')
  expect(screen.queryByRole('button', { name: /^Go back to this/ })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
})

test('with a reason against it nobody goes back', async () => {
  show({ reason: 'Save or discard your changes first' })
  await press(labelled('Go back to this', rotated))
  expect(document.querySelector('dialog')).toBeNull()
})

test('after a step back there is a way back from it, until the file becomes another one', async () => {
  const after = [version('4-0000000d', { isCurrent: true, etag: proven.etag }), rotated, proven]
  show({ versions: { kind: 'known', value: after }, wentBack: { to: proven, before: current } })
  await press('Undo')
  expect(onGoBack).toHaveBeenCalledExactlyOnceWith(current)
  cleanup()
  show({ wentBack: { to: proven, before: current } })
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
})

test('a difference that can not be had says why', async () => {
  const problem = { type: 'about:blank', title: 'This version is not kept any more', status: 404, code: 'X' }
  loadDifference.mockResolvedValue({ problem: { ...problem, hint: 'Load the list again.' } })
  show()
  await press(labelled('Difference', rotated))
  expect(screen.getByRole('alert').textContent).toContain('not kept any more')
})

test('a long list is shown from its beginning, and whole when asked', async () => {
  const many = Array.from({ length: 9 }, (_none, index) => version(`${index}-00000000`))
  show({ versions: { kind: 'known', value: many } })
  expect(screen.getAllByRole('listitem')).toHaveLength(6)
  await press('Show 3 older versions')
  expect(screen.getAllByRole('listitem')).toHaveLength(9)
})
