import { cleanup, renderHook } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useLineAddress } from './use-line-address.ts'

const onLine = vi.fn()
beforeEach(() => {
  onLine.mockReset()
  history.replaceState(null, '', '/logs')
})
afterEach(cleanup)
const open = () => renderHook(() => useLineAddress(onLine)).result.current

test('the line that the page is opened with is looked at, and each that comes into the address', async () => {
  history.replaceState(null, '', '/logs#line=0123456789ab.a')
  const address = open()
  expect(onLine).toHaveBeenCalledExactlyOnceWith('0123456789ab.a')
  address.open('0123456789ab.b')
  await vi.waitFor(() => expect(onLine).toHaveBeenLastCalledWith('0123456789ab.b'))
  expect(location.hash).toBe('#line=0123456789ab.b')
})

test('the same line can be gone to again', () => {
  history.replaceState(null, '', '/logs#line=0123456789ab.a')
  const address = open()
  address.open('0123456789ab.a')
  expect(onLine).toHaveBeenCalledTimes(2)
})

test('a line in sight gets the address without a jump; the end has none', () => {
  const address = open()
  address.name('0123456789ab.c')
  expect([location.hash, onLine.mock.calls.length]).toEqual(['#line=0123456789ab.c', 0])
  address.clear()
  expect([location.pathname, location.hash]).toEqual(['/logs', ''])
})
