import { act, cleanup, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TerminalState } from '../../../contract/terminal.ts'
import { now } from '../../state/clock.ts'
import { forgetRemotes } from '../../state/remote.ts'
import { TerminalPage } from './terminal-page.tsx'

let answer: TerminalState

beforeEach(() => {
  now.value = Date.parse('2026-11-27T12:03:00Z')
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answer)))
})
afterEach(() => {
  cleanup()
  forgetRemotes()
  vi.unstubAllGlobals()
})

async function show(state: TerminalState): Promise<string> {
  answer = state
  const { container } = render(<TerminalPage />)
  await act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10))
  })
  return container.textContent ?? ''
}

test('says who is in it before one opens it', async () => {
  const text = await show({
    isBusy: true,
    command: 'onboard',
    startedAt: '2026-11-27T12:00:00Z',
    isAttached: true,
  })
  expect(text).toContain('Someone is in the terminal: Onboarding wizardSince 3 min')
  expect(screen.getByRole('button', { name: /^Onboarding wizard/ })).toBeTruthy()
})

test('says when the page that opened it is away, and nothing when nobody is in it', async () => {
  const away = {
    isBusy: true,
    command: 'doctor',
    startedAt: '2026-11-27T12:00:00Z',
    isAttached: false,
  } as const
  expect(await show(away)).toContain('is away; it ends in a minute')
  cleanup()
  forgetRemotes()
  expect(await show({ isBusy: false })).not.toContain('Someone')
})

test('each command has its line for a shell', async () => {
  const text = await show({ isBusy: false })
  expect(text).toContain('sudo razroom-panel launch setup')
  expect(text).toContain('cd / && sudo -u razroom podman exec -it razroom node dist/index.js channels login')
})
