import { cleanup, render } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import type { GatewayStatus, Status } from '../../../contract/schemas.ts'
import { status } from '../../state/status.ts'
import { LogSource } from './log-source.tsx'

afterEach(() => {
  cleanup()
  status.value = null
})

function textFor(logSource: GatewayStatus['logSource']): string {
  const gateway: Partial<GatewayStatus> = logSource ? { logSource } : {}
  status.value = { gateway } as Status
  return render(<LogSource />).container.textContent ?? ''
}

test('says what a container that writes no file means for its log', () => {
  expect(textFor('journal')).toContain('leaves lines out')
  cleanup()
  expect(textFor('nowhere')).toContain('keeps no log')
})

test('says nothing of a container whose lines come from a file', () => {
  expect(textFor('file')).toBe('')
  expect(textFor(undefined)).toBe('')
})
