import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import {
  invokeTool,
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { connectFresh } from './connect-steps.ts'
import {
  CONFIG_FILE,
  inspectGateway,
  overwrite,
  readContainerVariable,
  readEnvFile,
  writeEnvFile,
} from './gateway-container.ts'
import { confirm, copyToken, press, seeState } from './panel-steps.ts'

const KEY = 'RAZROOM_GATEWAY_TOKEN'
const WIZARD_TOKEN = 'wizard-token-0123456789-abcdef'
const OWN_TOKEN = 'my-own-token-0123456789-xyz.~+/=-'
const SHELL_TOKEN = 'from-the-shell-0123456789-xyz'
const ROTATION_LIMIT_MS = 240_000

/** As the wizard leaves it, with a comment of its owner's. */
const config = (token: string) =>
  `// mine\n{\n  gateway: { mode: 'local', auth: { token: ${token} /* why */ } },\n}\n`

/** The `it`s tell one story and need each other. */
describe('a provider, and a token, in two files', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  const page = (): Page => browser.page
  const readConfig = async () => (await host.run(['cat', CONFIG_FILE])).stdout
  const isTaken = async (token: string) => (await invokeTool(host, token)) === 200

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
    browser = await loginPage(panel)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  // While the host is fresh: it leaves both files as it found them.
  connectFresh(() => ({ panel, browser }))

  it('says that the gateway checks the one of razroom.json, and that .env holds another', async () => {
    await writeEnvFile(panel, `# mine\n${await readEnvFile(panel)}`)
    await overwrite(panel, CONFIG_FILE, config(`'${WIZARD_TOKEN}'`))
    await panel.cli<Operation>('restart')
    await waitUntil('the gateway takes it', 90_000, () => isTaken(WIZARD_TOKEN))
    expect(await panel.cli('token', 'show')).toEqual({
      token: WIZARD_TOKEN,
      source: 'config',
      sourcesAgree: false,
    })
    const card = page().getByRole('region', { name: 'Token' })
    await card.getByText('.env and razroom.json hold different tokens').waitFor()
    expect(await card.textContent()).toContain('checked by the gateway; from razroom.json')
    expect(await copyToken(page())).toBe(WIZARD_TOKEN)
  })

  it('puts that one into .env by one click, with the gateway left alone and a restart due', async () => {
    const before = await inspectGateway(panel)
    await press(page(), 'Use the gateway’s token in .env')
    await page().getByRole('region', { name: 'Both files hold the same token' }).waitFor()
    expect(await readEnvFile(panel)).toMatch(new RegExp(`^# mine\n[^]*${KEY}=${WIZARD_TOKEN}\n`))
    expect(await readConfig()).toBe(config(`'${WIZARD_TOKEN}'`).trimEnd())
    const { id, pid, startedAt } = await inspectGateway(panel)
    expect({ id, pid, startedAt }).toEqual({ id: before.id, pid: before.pid, startedAt: before.startedAt })
    await page().getByText('hold different tokens').waitFor({ state: 'detached' })
    expect(await panel.cli('token', 'show')).toMatchObject({ sourcesAgree: true })
    const { restartReasons } = await readStatus(panel)
    expect(restartReasons.join()).toContain(`${KEY} changed`)
    const again = await panel.tryCli(['token', 'reconcile', '--json'])
    expect(problemOf(again).code).toBe('TOKEN_SOURCES_AGREE')
  })

  it('takes a token of one’s own, checked while it is typed, into both files', async () => {
    await press(page(), 'Rotate token')
    const dialog = page().getByRole('dialog')
    await dialog.getByRole('checkbox', { name: 'Use a token of my own' }).check()
    await dialog.getByLabel('Your token').fill('too short')
    await dialog.getByText('It has a blank or a line break.').waitFor()
    await dialog.getByLabel('Your token').fill(OWN_TOKEN)
    expect(await page().content()).not.toContain(OWN_TOKEN)
    await confirm(page(), 'Use this token')
    await page().getByRole('region', { name: 'The new token works' }).waitFor({ timeout: ROTATION_LIMIT_MS })
    const proof = await page().locator('[data-step=prove-token]').textContent()
    expect(proof).toContain('the old token is refused (401), the new one accepted')
    expect(await readConfig()).toBe(config(`"${OWN_TOKEN}"`).trimEnd())
    expect(await readEnvFile(panel)).toContain(`\n${KEY}=${OWN_TOKEN}\n`)
    expect([await isTaken(WIZARD_TOKEN), await isTaken(OWN_TOKEN)]).toEqual([false, true])
    expect(await readContainerVariable(panel, KEY)).toBe(OWN_TOKEN)
  })

  it('opens the Control UI with the new token in a tab of its own', async () => {
    await seeState(page(), 'running')
    const address = page().url()
    const [opened] = await Promise.all([
      browser.context.waitForEvent('page'),
      press(page(), 'Open Control UI with the new token'),
    ])
    await opened.waitForURL(/^http:\/\/127\.0\.0\.1:18789\//)
    await waitUntil('the token is out of the address', 60_000, () => !opened.url().includes('token'))
    expect(page().url()).toBe(address)
    expect(await page().content()).not.toContain(encodeURIComponent(OWN_TOKEN))
    await opened.close()
  })

  it('lets it be copied by hand where the browser refuses the clipboard', async () => {
    await page().evaluate(() => {
      const refuse = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
      Object.assign(navigator.clipboard, { write: refuse, writeText: refuse })
    })
    await press(page(), 'Copy token')
    await press(page(), 'Show it to copy by hand')
    const field = page().getByRole('textbox', { name: 'Revealed token' })
    expect(await field.inputValue()).toBe(OWN_TOKEN)
    // The field is there before its text is selected.
    await waitUntil('the token is selected', 30_000, () =>
      field.evaluate((element, token) => {
        const { value, selectionStart, selectionEnd } = element as HTMLTextAreaElement
        const isFocused = document.activeElement === element
        return isFocused && value.slice(selectionStart, selectionEnd) === token
      }, OWN_TOKEN),
    )
    await page().keyboard.press('Control+c')
    await field.waitFor({ state: 'detached' })
    expect(await page().evaluate(() => navigator.clipboard.readText())).toBe(OWN_TOKEN)
    expect(await page().content()).not.toContain(OWN_TOKEN)
  })

  it('takes one from standard input, and changes nothing when it is the same', async () => {
    const rotate = (input: string) => panel.tryCli(['token', 'rotate', '--custom', '--json'], { input })
    const first = await rotate(`${SHELL_TOKEN}\n`)
    expect(first.json).toMatchObject({ kind: 'rotate-token', state: 'succeeded', changed: true })
    expect(await readToken(panel)).toBe(SHELL_TOKEN)
    expect([await isTaken(OWN_TOKEN), await isTaken(SHELL_TOKEN)]).toEqual([false, true])
    const { id } = await inspectGateway(panel)
    const second = await rotate(SHELL_TOKEN)
    expect(second.json).toMatchObject({ state: 'succeeded', changed: false })
    expect((await inspectGateway(panel)).id).toBe(id)
    expect(problemOf(await rotate('password')).code).toBe('TOKEN_REFUSED')
  })

  it('refuses where a password counts, before anything is written', async () => {
    browser.expectErrors(/status of 409 .*\/api\/token$/)
    const before = await readEnvFile(panel)
    await writeEnvFile(panel, `${before}RAZROOM_GATEWAY_PASSWORD=e2e-password\n`)
    expect(problemOf(await panel.tryCli(['token', 'rotate', '--json'])).code).toBe('TOKEN_NOT_USED')
    expect(problemOf(await panel.tryCli(['token', 'show', '--json'])).code).toBe('TOKEN_NOT_USED')
    expect(await readEnvFile(panel)).toBe(`${before}RAZROOM_GATEWAY_PASSWORD=e2e-password\n`)
    await writeEnvFile(panel, before)
    expect(await isTaken(SHELL_TOKEN)).toBe(true)
  })

  it('has left no token in the log, in an operation, or in the page', async () => {
    const daemonLog = await panel.log()
    const shown = await page().content()
    const told = await page().evaluate(async () => (await fetch('/api/operations')).text())
    expect(told).toContain('rotate-token')
    for (const token of [WIZARD_TOKEN, OWN_TOKEN, SHELL_TOKEN]) {
      for (const text of [daemonLog, shown, told]) expect(text).not.toContain(token)
    }
    expect(browser.faults()).toEqual([])
  })
})
