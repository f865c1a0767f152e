import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import type { GatewayStatus, Status } from '../../../contract/schemas.ts'
import { status } from '../../state/status.ts'
import { LogFatal } from './log-fatal.tsx'

afterEach(() => {
  cleanup()
  status.value = null
})

function setGateway(fatal: GatewayStatus['fatal']): void {
  const gateway: Partial<GatewayStatus> = { state: 'failed', ...(fatal ? { fatal } : {}) }
  status.value = { gateway } as Status
}

test('says why the gateway ended, what mends it, and who knows more', () => {
  setGateway({
    line: 'EADDRINUSE',
    meaning: 'The port is taken',
    hint: 'Choose another: sudo razroom-panel setup --port 1',
  })
  render(<LogFatal />)
  const note = screen.getByRole('status')
  expect(note.textContent).toContain('The port is taken')
  expect(note.textContent).toContain('EADDRINUSE')
  expect(note.querySelector('code')?.textContent).toBe('sudo razroom-panel setup --port 1')
  expect(screen.getByRole('link', { name: 'Ask the doctor' }).getAttribute('href')).toBe('/doctor')
})

test('says nothing while there is nothing to say', () => {
  setGateway(undefined)
  expect(render(<LogFatal />).container.textContent).toBe('')
})
