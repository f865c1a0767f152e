import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import type { DeviceList } from '../contract/devices.ts'
import { Rail } from './rail.tsx'
import { devices } from './state/devices.ts'

afterEach(() => {
  cleanup()
  devices.value = { kind: 'loading' }
})

const know = (...ids: string[]): void => {
  const pending = ids.map((id) => ({ id }))
  const value: DeviceList = { available: true, pending, paired: [], skipped: 0, at: '2026-01-01T00:00:00Z' }
  devices.value = { kind: 'known', value }
}

test('browsers that wait are counted at the way to them, whose name stays', () => {
  know('a', 'b')
  const { container } = render(<Rail path="/logs" />)
  const link = screen.getByRole('link', { name: 'Overview', description: '2 browsers wait for approval' })
  expect(link.textContent).toContain('2')
  expect(container.querySelectorAll('.rail-count')).toHaveLength(1)
})

test('without one there is no count', () => {
  know()
  const { container } = render(<Rail path="/" />)
  expect(container.querySelector('.rail-count')).toBeNull()
  expect(screen.getByRole('link', { name: 'Overview' }).getAttribute('aria-describedby')).toBeNull()
})
