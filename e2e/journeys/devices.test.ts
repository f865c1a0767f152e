import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceList } from '../../contract/devices.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { callApi } from '../host/panel-api.ts'
import { type PanelHost, problemOf, readToken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { CONFIG_DIR, CONFIG_FILE, overwrite } from './gateway-container.ts'
import { confirm, press, seeState, visit } from './panel-steps.ts'

/** It takes half a second on an idle machine. */
const SEEN_WITHIN_MS = 30_000
/** A command of the bundled gateway takes a second; two cores are shared with other tests. */
const ACTED_WITHIN_MS = 120_000
const PENDING_FILE = `${CONFIG_DIR}/devices/pending.json`
const HOSTILE_ID = 'hostile-request'
/** Long, markup, a title for the terminal, text that runs backwards. */
const HOSTILE_NAME = `<img src=x onerror="globalThis.owned=1">\x1b]0;owned\x07\u202eevil${'A'.repeat(10_000)}`

/** The `it`s tell one story and need each other. */
describe('browsers that the gateway does not know', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  const others: BrowserContext[] = []
  const page = (): Page => browser.page
  const waiting = () => page().getByRole('region', { name: 'Browsers waiting for approval' })
  const approved = () => page().getByRole('region', { name: 'Approved browsers' })
  const list = () => panel.cli<DeviceList>('devices', 'list')

  /** A person opens the Control UI in a browser that the gateway has not seen. */
  async function openElsewhere(): Promise<Page> {
    const context = await page().context().browser()?.newContext()
    if (!context) throw new Error('the browser is gone')
    context.setDefaultTimeout(ACTED_WITHIN_MS)
    others.push(context)
    const other = await context.newPage()
    const token = await readToken(panel)
    await other.goto(`http://127.0.0.1:18789/#token=${encodeURIComponent(token)}`)
    return other
  }
  /** What the Control UI says of its connection. */
  const seeTitle = (other: Page, title: string) =>
    other.locator('#state', { hasText: title }).waitFor({ timeout: ACTED_WITHIN_MS })
  const answer = async (action: 'Approve' | 'Reject') => {
    await waiting()
      .getByRole('button', { name: new RegExp(`^${action} `) })
      .first()
      .click()
    const done = action === 'Approve' ? 'is approved' : 'is rejected'
    await waiting().getByText(done).waitFor({ timeout: ACTED_WITHIN_MS })
  }

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
    browser = await loginPage(panel)
    await seeState(page(), 'running')
  })
  afterAll(async () => {
    for (const context of others) await context.close()
    await browser?.close()
    await host?.destroy()
  })

  it('has none at first', async () => {
    await approved().getByText('None yet').waitFor()
    expect(await waiting().count()).toBe(0)
    expect(await list()).toMatchObject({ available: true, pending: [], paired: [], skipped: 0 })
  })

  it('shows one on the overview within seconds of its being refused, and lets it in by one click', async () => {
    const other = await openElsewhere()
    await seeTitle(other, 'Waiting for approval')
    await waiting().waitFor({ timeout: SEEN_WITHIN_MS })
    await page().locator('.rail-count', { hasText: '1' }).waitFor()
    expect(await waiting().textContent()).toMatch(/razroom-control-ui \(webchat\).*role operator/)
    expect(await other.textContent('main')).toContain('overview of razroom-panel')
    await answer('Approve')
    await seeTitle(other, 'Connected')
    await approved().getByText('1 browser or device is approved').waitFor()
    const { pending, paired } = await list()
    expect([pending.length, paired.length]).toEqual([0, 1])
    await page().locator('.rail-count').waitFor({ state: 'detached' })
    await waiting().getByRole('button', { name: 'Close' }).click()
    await waiting().waitFor({ state: 'detached' })
  })

  it('links there from the line in the log', async () => {
    await visit(page(), 'Logs')
    await page().getByRole('link', { name: 'Approve it on the overview' }).first().click()
    await page().getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  })

  it('rejects one, whose page asks again until it is closed', async () => {
    const other = await openElsewhere()
    await waiting().waitFor({ timeout: SEEN_WITHIN_MS })
    await other.context().setOffline(true)
    await other.close()
    await answer('Reject')
    await waitUntil('it is gone', SEEN_WITHIN_MS, async () => (await list()).pending.length === 0)
    expect((await list()).paired).toHaveLength(1)
  })

  it('revokes one, which is out at once and may ask anew', async () => {
    const [{ id } = { id: '' }] = (await list()).paired
    await approved().getByText('1 browser or device is approved').click()
    await approved()
      .getByRole('button', { name: /^Revoke / })
      .click()
    await confirm(page(), 'Revoke')
    await approved().getByText('None yet').waitFor({ timeout: ACTED_WITHIN_MS })
    const [first] = others[0]?.pages() ?? []
    if (!first) throw new Error('the first browser is closed')
    await seeTitle(first, 'Refused by the gateway')
    await first.reload()
    await seeTitle(first, 'Waiting for approval')
    await waiting().waitFor({ timeout: SEEN_WITHIN_MS })
    expect((await list()).pending[0]?.deviceId).toBe(id)
  })

  it('does the same from a shell', async () => {
    const [request] = (await list()).pending
    expect(await panel.cli('devices', 'approve', request?.id ?? '')).toMatchObject({ pending: [] })
    await seeTitle(others[0]?.pages()[0] as Page, 'Connected')
    const [device] = (await list()).paired
    const text = await panel.tryCli(['devices', 'list'])
    expect(text.stdout).toMatch(new RegExp(`Approved: 1\n  ${device?.id}  razroom-control-ui \\(webchat\\)`))
    expect(await panel.cli('devices', 'revoke', device?.id ?? '')).toMatchObject({ paired: [] })
    await others[0]?.pages()[0]?.reload()
    await waitUntil('it asks again', ACTED_WITHIN_MS, async () => (await list()).pending.length === 1)
    const [again] = (await list()).pending
    await others[0]?.close()
    expect(await panel.cli('devices', 'reject', again?.id ?? '')).toMatchObject({ pending: [], paired: [] })
    expect(problemOf(await panel.tryCli(['devices', 'approve', 'nobody', '--json'])).code).toBe(
      'DEVICE_NOT_FOUND',
    )
    expect(problemOf(await panel.tryCli(['devices', 'approve', '--json', '--', '--latest'])).code).toBe(
      'REQUEST_INVALID',
    )
    expect((await panel.tryCli(['devices', 'approve', '--json'])).exitCode).toBe(2)
  })

  it('shows whatever a device calls itself as a short, plain text', async () => {
    const record = {
      requestId: HOSTILE_ID,
      deviceId: 'f'.repeat(64),
      publicKey: 'x',
      displayName: HOSTILE_NAME,
      clientId: 'x',
      platform: '\x1b[2J',
      ts: Date.now(),
    }
    const records = { [HOSTILE_ID]: record, bad: { ...record, requestId: '--all' } }
    await overwrite(panel, PENDING_FILE, JSON.stringify(records))
    await waiting().getByText('<img src=x').first().waitFor({ timeout: SEEN_WITHIN_MS })
    expect(await page().evaluate(() => Reflect.get(globalThis, 'owned'))).toBeUndefined()
    expect(await waiting().locator('img').count()).toBe(0)
    const [device] = (await list()).pending
    expect(device?.name).toHaveLength(80)
    const { stdout } = await panel.tryCli(['devices', 'list'])
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
    expect((await list()).skipped).toBe(1)
    await answer('Reject')
    await waitUntil('it is gone', SEEN_WITHIN_MS, async () => (await list()).pending.length === 0)
  })

  it('works where the container has another token than the gateway checks', async () => {
    const token = 'wizard-token-0123456789-abcdef'
    const script = `const fs = require('node:fs'); const c = JSON.parse(fs.readFileSync('${CONFIG_FILE}', 'utf8'));
      c.gateway.auth = { mode: 'token', token: '${token}' }; fs.writeFileSync('${CONFIG_FILE}', JSON.stringify(c))`
    await panel.podman(
      'exec',
      'razroom',
      'node',
      '--eval',
      script.replaceAll(CONFIG_DIR, '/home/node/.razroom'),
    )
    await panel.cli('restart')
    await seeState(page(), 'running')
    expect(await panel.cli('token', 'show')).toMatchObject({ token, sourcesAgree: false })
    const unknown = await openElsewhere()
    await seeTitle(unknown, 'Waiting for approval')
    await waiting().waitFor({ timeout: SEEN_WITHIN_MS })
    await answer('Approve')
    await seeTitle(unknown, 'Connected')
  })

  it('says so where the gateway does not run', async () => {
    const before = await list()
    await press(page(), 'Stop')
    await seeState(page(), 'stopped')
    await approved().getByText('The gateway does not run: it is stopped.').waitFor()
    const after = await list()
    expect(after).toMatchObject({ available: false, paired: before.paired })
    const id = after.paired[0]?.id ?? ''
    expect(problemOf(await panel.tryCli(['devices', 'revoke', id, '--json'])).code).toBe(
      'GATEWAY_NOT_RUNNING',
    )
    const { status, body } = await callApi(panel, `POST /api/devices/${id}/revoke`)
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'GATEWAY_NOT_RUNNING' })])
  })

  it('has put no token into a command line or the log, and no fault into the page', async () => {
    const token = await readToken(panel)
    expect(await panel.log()).not.toContain(token)
    expect(await page().content()).not.toContain(token)
    expect(browser.faults()).toEqual([])
  })
})
