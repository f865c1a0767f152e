import type { Locator } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupEntry } from '../../contract/backups.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import {
  loginLink,
  type PanelHost,
  readStatus,
  readToken,
  seeTokenTaken,
  startPanel,
} from '../host/panel-host.ts'
import { openBrowser, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { readContainerVariable } from './gateway-container.ts'
import { confirm, press, seeNoBarriers, seeState, seeSuccess, visit } from './panel-steps.ts'

const UNIT = '/home/razroom/.config/containers/systemd/razroom.container'
const OPERATION_LIMIT_MS = 240_000

/** Where it is noon now: what is done here is done on one day. POSIX counts the zones of Etc the other way round. */
function zoneOfNoon(now: Date): string {
  const ahead = 12 - now.getUTCHours()
  return ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`
}

/** The settings page in a real browser; the `it`s tell one story and need each other. */
describe('the settings page', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  const page = () => browser.page
  const card = (id: string): Locator => page().locator(`section#${id}`)
  const pressIn = (id: string, name: string) => card(id).getByRole('button', { name, exact: true }).click()
  /** Waits for the report of an operation in this card to end well. */
  const seeDone = async (id: string) => {
    const ended = card(id).locator('[data-operation]:not([data-operation=running])')
    await ended.waitFor({ timeout: OPERATION_LIMIT_MS })
    const outcome = await ended.getAttribute('data-operation')
    if (outcome !== 'succeeded') throw new Error(`the operation ${outcome}: ${await ended.innerText()}`)
  }

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    browser = await openBrowser(panel, { timezoneId: zoneOfNoon(new Date()) })
    await page().goto((await loginLink(panel)).url)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  it('comes after a setup as a systemd service, chosen in the page', async () => {
    await page().getByRole('heading', { name: 'Setup', level: 1 }).waitFor()
    await page()
      .getByRole('radio', { name: /systemd service/ })
      .check()
    await press(page(), 'Set up')
    await seeSuccess(page(), OPERATION_LIMIT_MS)
    expect((await readStatus(panel)).gateway).toMatchObject({ mode: 'quadlet', healthy: true })
    await visit(page(), 'Overview')
    await seeState(page(), 'running')
    await page().getByText('razroom.service').first().waitFor()
  })

  it('stores other ports and applies them by a restart', async () => {
    await visit(page(), 'Settings')
    await card('ports').getByLabel('Gateway port').fill('28789')
    await pressIn('ports', 'Save')
    await card('ports').getByText('gateway port 18789 -> 28789').waitFor()
    await pressIn('ports', 'Restart to apply')
    await card('ports').getByText('gateway port 18789 -> 28789').waitFor({ state: 'detached' })
    await seeState(page(), 'running')
    await seeTokenTaken(host, await readToken(panel), 28789)
  })

  it('explains an address that others reach, and wants it confirmed', async () => {
    await card('ports').getByLabel('Publish address').fill('0.0.0.0')
    const box = card('ports').getByRole('checkbox')
    await box.waitFor()
    const save = card('ports').getByRole('button', { name: 'Save', exact: true })
    await save.and(page().locator('[aria-disabled=true]')).waitFor()
    await box.check()
    await save.and(page().locator(':not([aria-disabled=true])')).waitFor()
    expect((await readStatus(panel)).restartRequired).toBe(false)
    await pressIn('ports', 'Discard')
    await box.waitFor({ state: 'detached' })
  })

  it('hands the gateway over to podman and back', async () => {
    await card('mode')
      .getByRole('radio', { name: /^Container/ })
      .check()
    await pressIn('mode', 'Change')
    await seeDone('mode')
    expect((await readStatus(panel)).gateway).toMatchObject({ mode: 'container', healthy: true })
    await card('mode')
      .getByRole('radio', { name: /systemd service/ })
      .check()
    await pressIn('mode', 'Change')
    await card('unit').getByText('active (running)').waitFor({ timeout: OPERATION_LIMIT_MS })
    // The unit runs before the operation is over.
    await waitUntil(
      'the change is over',
      OPERATION_LIMIT_MS,
      async () => (await readStatus(panel)).operationId === null,
    )
    expect((await readStatus(panel)).gateway).toMatchObject({ mode: 'quadlet', startsAtBoot: true })
  })

  it('shows a unit that was edited by hand as a difference, and replaces it when told', async () => {
    await seeState(page(), 'running')
    await host.run(['sed', '--in-place', 's/^StopTimeout=20/StopTimeout=33/', UNIT], { user: 'razroom' })
    await visit(page(), 'Overview')
    await visit(page(), 'Settings')
    await card('unit').getByText('Edited by hand since the panel wrote it').waitFor()
    await card('unit').getByText('StopTimeout=33').first().waitFor()
    await card('unit')
      .getByRole('button', { name: /Replace/ })
      .click()
    await page()
      .getByRole('dialog')
      .getByRole('button', { name: /Replace/ })
      .click()
    await seeDone('unit')
    await card('unit').getByText('As the panel writes it').waitFor()
    expect((await host.run(['cat', UNIT])).stdout).toContain('StopTimeout=20')
  })

  it('makes a backup and brings it back, token and all', async () => {
    const token = await readToken(panel)
    await panel.cli('env', 'set', 'SINCE=before')
    await pressIn('backups', 'Make a backup')
    await seeDone('backups')
    await panel.cli('token', 'rotate')
    await panel.cli('env', 'set', 'SINCE=after')
    expect(await readToken(panel)).not.toBe(token)
    await card('backups')
      .getByRole('button', { name: /^Restore the backup of/ })
      .first()
      .click()
    await page().getByRole('dialog').getByText('The token becomes the one of the backup').waitFor()
    await page()
      .getByRole('dialog')
      .getByRole('checkbox', { name: /Replace the files/ })
      .check()
    await confirm(page(), 'Restore')
    const report = card('backups').locator('[data-operation=succeeded]')
    await report.getByText('The backup is restored').waitFor({ timeout: OPERATION_LIMIT_MS })
    expect(await readToken(panel)).toBe(token)
    expect(await readContainerVariable(panel, 'SINCE')).toBe('before')
    await seeTokenTaken(host, token, 28789)
    const { body } = await callApi(panel, 'GET /api/backups')
    expect((body as BackupEntry[]).map(({ reason }) => reason).sort()).toEqual(['manual', 'restore'])
  })

  it('downloads a backup', async () => {
    const arriving = page().waitForEvent('download')
    await card('backups')
      .getByRole('button', { name: /^Download the backup of/ })
      .first()
      .click()
    const stream = await (await arriving).createReadStream()
    let size = 0
    for await (const chunk of stream) size += (chunk as Buffer).length
    const { body } = await callApi(panel, 'GET /api/backups')
    expect((body as BackupEntry[]).map(({ sizeBytes }) => sizeBytes)).toContain(size)
  })

  it('updates the image and goes one step back', async () => {
    const before = (await readStatus(panel)).image?.id
    await host.run(['sh', '-c', 'echo LABEL changed=1 >> /usr/local/lib/razroom-panel/current/Dockerfile'])
    await pressIn('image', 'Build it again')
    await seeDone('image')
    const updated = await readStatus(panel)
    expect(updated).toMatchObject({ gateway: { healthy: true }, restartRequired: false })
    expect(updated.image?.id).not.toBe(before)
    expect(updated.image?.previous?.id).toBe(before)
    await pressIn('image', 'Go back…')
    await confirm(page(), 'Go back')
    await page().getByText('The image before runs again').first().waitFor({ timeout: OPERATION_LIMIT_MS })
    expect((await readStatus(panel)).image?.id).toBe(before)
  })

  it('exports, with placeholders unless secrets are asked for', async () => {
    const token = await readToken(panel)
    await card('export').getByLabel('Format').selectOption('compose')
    const text = card('export').getByRole('region', { name: /^Text of/ })
    await text.waitFor()
    expect(await text.innerText()).toContain('services:')
    expect(await text.innerText()).not.toContain(token)
    await card('export')
      .getByRole('checkbox', { name: /With secrets/ })
      .check()
    await page().waitForFunction((secret) => document.body.innerText.includes(secret), token)
  })

  it('leaves in the history who did what, from the page and from a shell', async () => {
    await visit(page(), 'History')
    const today = page().getByRole('region', { name: 'Today' })
    /** The newest entry that says this. */
    const entry = (text: string | RegExp): Locator =>
      today.getByRole('listitem').filter({ hasText: text }).first()
    for (const what of ['Export the gateway with its secrets', 'Update the image', 'Download a backup'])
      expect(await entry(what).innerText(), what).toMatch(
        /^[\s\S]*root \(0\) in the page, session [0-9a-f]{8}/,
      )
    expect(await entry('Rotate the token').innerText()).toContain('root (0) in a shell')
    expect(await entry('SINCE').innerText()).not.toContain('after')
    // The end of an operation stands for its start.
    expect(await entry('Restore a backup').innerText()).toMatch(/done[\s\S]*took /)
    await entry('Go back to the image before')
      .getByRole('button', { name: /steps? of/ })
      .click()
    await today.locator('[data-operation=succeeded]').waitFor()
    await page().getByLabel('What').selectOption({ label: 'Secrets' })
    await today.getByText('Update the image').first().waitFor({ state: 'detached' })
    expect(await today.innerText()).toContain('Download a backup')
    await page().getByLabel('What').selectOption({ label: 'Everything' })
    await panel.cli('env', 'set', 'LIVE=1')
    await entry('set LIVE').waitFor()
    for (const scheme of ['light', 'dark'] as const) {
      await page().emulateMedia({ colorScheme: scheme })
      await seeNoBarriers(page())
    }
  })

  it('logs every browser out, this one too', async () => {
    await visit(page(), 'Settings')
    await card('logins').getByText('this browser').waitFor()
    await pressIn('logins', 'Log out everywhere…')
    await confirm(page(), 'Log out everywhere')
    await page().getByRole('textbox', { name: 'Login code' }).waitFor()
    expect(await panel.cli('sessions', 'list')).toEqual([])
  })

  it('breaks no rule of the content policy and throws nothing', () => {
    expect(browser.faults()).toEqual([])
  })
})
