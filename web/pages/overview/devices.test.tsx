import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DeviceList } from '../../../contract/devices.ts'
import { setDevices } from '../../api/devices.ts'
import { devices } from '../../state/devices.ts'
import { DevicesCard } from './devices-card.tsx'
import { PendingDevices } from './pending-devices.tsx'

const NONE: DeviceList = {
  available: true,
  pending: [],
  paired: [],
  skipped: 0,
  at: '2026-11-27T12:00:00.000Z',
}
const PHONE = { id: 'request-1', deviceId: 'a'.repeat(64), name: 'Phone <b>', platform: 'iOS' }
const LAPTOP = { id: 'request-2', deviceId: 'b'.repeat(64), client: 'control-ui (webchat)' }
const calls: string[] = []
let answer: () => Promise<Response>

const know = (more: Partial<DeviceList>): void => {
  devices.value = { kind: 'known', value: { ...NONE, ...more } }
}
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const after = (more: Partial<DeviceList>) => async () =>
  json({ ...NONE, at: '2026-11-27T12:00:05.000Z', ...more })

beforeEach(() => {
  vi.useFakeTimers()
  calls.length = 0
  answer = after({})
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string, init: RequestInit) => {
      calls.push(`${init.method} ${url}`)
      return answer()
    }),
  )
  HTMLDialogElement.prototype.showModal ??= () => {}
})
afterEach(() => {
  cleanup()
  devices.value = { kind: 'loading' }
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const click = async (name: string | RegExp) => {
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name }))
    await vi.advanceTimersByTimeAsync(10)
  })
}

test('nobody waits: nothing is shown', () => {
  know({})
  expect(render(<PendingDevices />).container.textContent).toBe('')
})

test('approving says so when the gateway has answered, and who it was', async () => {
  know({ pending: [PHONE, LAPTOP] })
  answer = after({ pending: [LAPTOP] })
  const { container } = render(<PendingDevices />)
  expect(container.querySelector('b')).toBeNull()
  await click('Approve Phone <b>, aaaaaaaaaaaa')
  expect(calls).toEqual(['POST /api/devices/request-1/approve'])
  expect(screen.getByRole('status').textContent).toContain('Phone <b> is approved')
  expect(screen.queryByRole('button', { name: /^Approve Phone/ })).toBeNull()
  expect(screen.getByRole('button', { name: /^Approve control-ui/ })).toBeTruthy()
})

test('while the gateway is asked, it is asked nothing else', async () => {
  know({ pending: [PHONE, LAPTOP] })
  answer = () => new Promise(() => {})
  render(<PendingDevices />)
  await click(/^Reject Phone/)
  await click(/^Approve control-ui/)
  await click(/^Reject Phone/)
  expect(calls).toEqual(['POST /api/devices/request-1/reject'])
  expect(screen.getByRole('button', { name: /^Reject Phone/ }).getAttribute('aria-busy')).toBe('true')
})

test('a failure is shown, and the device still waits', async () => {
  know({ pending: [PHONE] })
  const problem = { type: 'about:blank', title: 'A command of the gateway failed', status: 502 }
  answer = async () =>
    json({ ...problem, code: 'GATEWAY_COMMAND_FAILED', hint: 'h', detail: 'it said no' }, 502)
  const { container } = render(<PendingDevices />)
  await click(/^Approve/)
  expect(container.textContent).toContain('it said no')
  expect(screen.getByRole('button', { name: /^Approve/ })).toBeTruthy()
})

test('where the gateway does not run, the buttons say why', async () => {
  know({ pending: [PHONE], available: false, reason: 'The gateway does not run: it is stopped.' })
  render(<PendingDevices />)
  await click(/^Approve/)
  expect(calls).toEqual([])
  expect(screen.getByRole('button', { name: /^Approve/ }).title).toContain('it is stopped')
})

test('revoking asks first', async () => {
  know({ paired: [{ id: 'c'.repeat(64), name: 'Laptop', isRevoked: false }] })
  const { container } = render(<DevicesCard />)
  expect(container.textContent).toContain('1 browser or device is approved')
  await click(/^Revoke Laptop/)
  expect(calls).toEqual([])
  await click('Revoke')
  expect(calls).toEqual([`POST /api/devices/${'c'.repeat(64)}/revoke`])
  expect(container.textContent).toContain('None yet')
})

test('one that the gateway keeps on its list is marked, and counts no more', () => {
  know({ paired: [{ id: 'd', name: 'Old', isRevoked: true }], skipped: 3 })
  const { container } = render(<DevicesCard />)
  expect(container.textContent).toContain('0 browsers and devices are approved')
  expect(screen.queryByRole('button', { name: /^Revoke Old/ })).toBeNull()
  expect(container.textContent).toContain('3 entries of the gateway’s list can not be shown')
})

test('an answer that was overtaken by an event changes nothing', () => {
  setDevices({ ...NONE, at: '2026-11-27T12:00:09.000Z', pending: [PHONE] })
  setDevices(NONE)
  expect(devices.value).toMatchObject({ value: { pending: [PHONE] } })
})
