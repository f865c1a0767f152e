import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayInsight } from '../../contract/insight.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { type PanelHost, problemOf, readStatus, setUpBundled, startPanel } from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { writeConfig } from './doctor-breaks.ts'
import { CONFIG_DIR, overwrite, readEnvFile } from './gateway-container.ts'
import { confirm, press, report, seeState, visit } from './panel-steps.ts'

/** Six commands of the bundled gateway at the lowest priority, on two cores that are shared with other tests. */
const SAID_WITHIN_MS = 120_000
const OPERATION_LIMIT_MS = 240_000
const KEY = 'sk-test-canary-0123456789abcdefghij'
const BOT = '123456789:AAFcanarycanarycanarycanary'
const VARIABLES = `OPENAI_API_KEY=${KEY}
TELEGRAM_BOT_TOKEN=${BOT}
RAZROOM_BUNDLED_CHANNELS_MS=5000
`
/** A warm start takes half of it; a command of the panel's is to fall into it on a busy machine, too. */
const SLOW_START = 'RAZROOM_BUNDLED_START_MS=14000\n'
const SESSIONS = { 'agent:main:main': { updatedAt: 1_790_000_000_000, model: `model of ${KEY}` } }
const PAIRED = { a: { deviceId: 'a'.repeat(64), displayName: 'Phone', clientId: 'razroom-control-ui' } }

/** The `it`s tell one story and need each other. */
describe('what the overview owes', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  const page = () => browser.page
  const part = (name: string, progress = '') =>
    page().locator(`[data-insight=${name}]${progress && `[data-progress=${progress}]`}`)
  const put = (name: string, text: string) =>
    host
      .run(['sh', '-c', 'mkdir -p "$(dirname "$0")"', `${CONFIG_DIR}/${name}`], { user: 'razroom' })
      .then(() => overwrite(panel, `${CONFIG_DIR}/${name}`, text))
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
    await put('.env', `${await readEnvFile(panel)}\n${VARIABLES}${SLOW_START}`)
    await put('agents/main/sessions/sessions.json', JSON.stringify(SESSIONS))
    await put('cron/jobs.json', '{ broken')
    browser = await loginPage(panel)
    await seeState(page(), 'running')
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  it('tells how a start does against those before, and asks the gateway nothing meanwhile', async () => {
    const restart = panel.cli('restart')
    await report(page(), 'running').waitFor()
    // Beside the look at the page: each has all of the start for itself.
    const asked = panel.tryCli(['insight', '--refresh', '--json'])
    await page().locator('.start-line').waitFor({ timeout: OPERATION_LIMIT_MS })
    const card = await page().getByRole('region', { name: 'Gateway', exact: true }).textContent()
    expect(card).toMatch(/so far\. (?:The last starts here took up to|That is longer than the) /)
    expect(problemOf(await asked).code).toMatch(/^(?:GATEWAY_NOT_RUNNING|OPERATION_RUNNING)$/)
    await restart
    await seeState(page(), 'running')
  })

  it('shows what the gateway says by itself, at the lowest priority', async () => {
    // The command takes five seconds: the one is not looked for when the other is found.
    await Promise.all([
      part('channels', 'reading').waitFor({ timeout: SAID_WITHIN_MS }),
      waitUntil('the command runs, and is nice', SAID_WITHIN_MS, async () => {
        const { stdout } = await host.run(['ps', '-ww', '-eo', 'ni,args'])
        const runs = stdout.split('\n').filter((line) => /^\s*-?\d+ node .*channels status/.test(line))
        return runs.length > 0 && runs.every((line) => /^\s*19 /.test(line))
      }),
    ])
    await part('channels', 'idle')
      .getByText('the bundled gateway runs no channels')
      .waitFor({ timeout: SAID_WITHIN_MS })
    await part('version').getByText('2026.2.17-bundled').waitFor()
    await part('providers').getByText('has a key').waitFor()
    await part('sessions').getByText('agent:main:main').waitFor()
    await part('cron').getByText('It could not be read').waitFor()
  })

  it('says the same on a shell, without a secret', async () => {
    const { exitCode, json, stdout } = await panel.tryCli(['insight', '--json'])
    const { parts, available } = json as GatewayInsight
    expect([exitCode, available]).toEqual([1, true])
    expect(parts.cron.problem?.detail).toContain('cannot read')
    expect(parts.sessions.value?.sessions[0]?.model).toBe('model of ***')
    expect(`${stdout}${await page().content()}${await panel.log()}`).not.toMatch(/canary/)
    const since = Date.parse((await readStatus(panel)).gateway.since ?? '')
    expect(Object.values(parts).every(({ at, failedAt }) => Date.parse(at ?? failedAt ?? '') > since)).toBe(
      true,
    )
    const one = await panel.tryCli(['insight', 'version', '--refresh'])
    expect([one.exitCode, one.stdout]).toEqual([0, expect.stringMatching(/^version.*\n {2}2026/)])
  })

  it('says after a rotation what each approved browser needs', async () => {
    await put('devices/paired.json', JSON.stringify(PAIRED))
    await put('.env', (await readEnvFile(panel)).replace(SLOW_START, ''))
    const { stdout, exitCode } = await panel.tryCli(['token', 'rotate'])
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Phone: open the Control UI there once')])
    await page().getByText('1 approved browser or device: what each needs').click()
    await page().getByText('open the Control UI there once').first().waitFor()
  })

  it('finds by itself why a start failed, on the shell and on the overview, and mends it there', async () => {
    await writeConfig(panel, '{ gateway: { mode: "remote" } }\n')
    const { exitCode, stderr } = await panel.tryCli(['restart'])
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/What the doctor finds:\n.*\n.*doctor --fix config\.findings/),
    ])
    const finding = page().locator('[data-finding="config.findings"]')
    await finding.getByRole('button', { name: /^Mend: / }).click({ timeout: OPERATION_LIMIT_MS })
    await confirm(page(), 'Mend')
    await report(page(), 'succeeded').waitFor({ timeout: OPERATION_LIMIT_MS })
    await finding.waitFor({ state: 'detached' })
    await visit(page(), 'Logs')
    await page()
      .locator('.log-meaning', { hasText: 'does not set gateway.mode' })
      .last()
      .getByRole('link')
      .click()
    await page().getByRole('heading', { name: 'Doctor', level: 1 }).waitFor()
    await visit(page(), 'Overview')
    await press(page(), 'Start')
    await seeState(page(), 'running', OPERATION_LIMIT_MS)
  })

  it('says that someone is in the terminal before another opens it', async () => {
    await visit(page(), 'Terminal')
    const other = await browser.newPage()
    await other.goto(page().url())
    const note = other.getByText('Someone is in the terminal: Onboarding wizard')
    await other.getByRole('button', { name: /^Configure/ }).waitFor()
    expect(await note.count()).toBe(0)
    await page()
      .getByRole('button', { name: /^Onboarding wizard/ })
      .click()
    await note.waitFor({ timeout: OPERATION_LIMIT_MS })
    await page().getByRole('button', { name: 'End', exact: true }).click()
    await confirm(page(), 'End')
    await note.waitFor({ state: 'detached', timeout: OPERATION_LIMIT_MS })
    expect(browser.faults()).toEqual([])
  })
})
