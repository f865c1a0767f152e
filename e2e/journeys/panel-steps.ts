/** What a person does and sees in the page, in the words of the page. */
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { expect } from 'vitest'
import type { GatewayState } from '../../contract/schemas.ts'
import { waitUntil } from '../host/wait-until.ts'

const COPIED_WITHIN_MS = 120_000

export type PageName =
  | 'Overview'
  | 'Logs'
  | 'Environment'
  | 'Configuration'
  | 'Terminal'
  | 'Doctor'
  | 'History'
  | 'Setup'
  | 'Settings'

/** Goes to a page by its link. */
export async function visit(page: Page, name: PageName): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** The gateway's state as every page shows it. */
export function stateMark(page: Page, state: GatewayState): Locator {
  return page.locator(`[role=status][data-state=${state}]`)
}

/** Waits until the page shows this state; `running` counts only when the gateway answers. */
export async function seeState(page: Page, state: GatewayState, timeoutMs = 120_000): Promise<void> {
  const healthy = state === 'running' ? '[data-healthy=true]' : ''
  await page.locator(`[role=status][data-state=${state}]${healthy}`).waitFor({ timeout: timeoutMs })
}

/** The report of an operation in this state. */
export function report(page: Page, state: 'running' | 'succeeded' | 'failed' | 'cancelled'): Locator {
  return page.locator(`[data-operation=${state}]`)
}

/** Waits until the operation in view has ended, and throws with its whole report when it did not succeed. */
export async function seeSuccess(page: Page, timeoutMs: number): Promise<void> {
  const ended = page.locator('[data-operation]:not([data-operation=running])')
  await ended.waitFor({ timeout: timeoutMs })
  const outcome = await ended.getAttribute('data-operation')
  if (outcome !== 'succeeded') throw new Error(`the operation ${outcome}: ${await ended.innerText()}`)
}

/** Presses a button of the page (not one of a dialog). */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click()
}

/** Confirms the dialog that is open by its button. */
export async function confirm(page: Page, action: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click()
}

/** What the clipboard of the browser holds. */
export function readClipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Copies the token by its button. @returns what is in the clipboard then */
export async function copyToken(page: Page): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await press(page, 'Copy token')
  // The page says so for a moment only: a look every half second may miss it, and what was there last time may stay.
  return waitUntil(
    'the token is in the clipboard',
    COPIED_WITHIN_MS,
    async () => (await readClipboard(page)) || undefined,
  )
}

/** Looks for what keeps people from using the page (axe), once every colour is what it is to be. */
export async function seeNoBarriers(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

/** Text of the newest line that the log shows. */
export async function lastLogLine(page: Page): Promise<string> {
  return (await page.getByRole('log').locator('.log-row').last().textContent()) ?? ''
}
