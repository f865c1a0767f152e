/** From a fresh gateway to one with a provider, a model and a channel: the form, the shell, and what goes wrong between. */
import type { Locator } from 'playwright'
import { expect, it } from 'vitest'
import type { PanelHost } from '../host/panel-host.ts'
import type { PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import {
  CONFIG_DIR,
  CONFIG_FILE,
  inspectGateway,
  overwrite,
  readContainerVariable,
  readEnvFile,
  writeEnvFile,
} from './gateway-container.ts'
import { press, seeNoBarriers, seeSuccess, visit } from './panel-steps.ts'

const KEY = 'sk-ant-canary-0123456789abcdef'
const SECOND_KEY = 'sk-ant-canary-second-0123456789'
const BOT = 'xoxb-canary-0123456789-abcdefghij'
const APP = 'xapp-canary-0123456789-abcdefghij'
const MODEL = 'anthropic/claude-opus-4-6'
const CONNECT_LIMIT_MS = 240_000
const LAYOUT_LIMIT_MS = 30_000
/** As people write it, with both kinds of line ends and a key twice. */
const HAND_MADE = '# mine\r\nGREETING="hello"\r\nTWICE=1\nTWICE=2\n'
const CONFIG = "// mine\n{\n  gateway: { mode: 'local' }, /* why */\n}\n"
const CONFIG_AFTER = `// mine\n{\n  gateway: { mode: 'local' }, /* why */\n  "agents": {\n    "defaults": {\n      "model": {\n        "primary": "${MODEL}"\n      }\n    }\n  },\n}\n`
const AS_LINES = `ANTHROPIC_API_KEY=${KEY}\nSLACK_BOT_TOKEN=${BOT}\nSLACK_APP_TOKEN=${APP}\n`

export interface FreshGateway {
  readonly panel: PanelHost
  readonly browser: PanelBrowser
}

/** The `it`s of a gateway that was just set up; they tell one story, and leave both files as they were. */
export function connectFresh(get: () => FreshGateway): void {
  const page = () => get().browser.page
  const env = () => readEnvFile(get().panel)
  const config = async () => {
    const { stdout } = await get().panel.host.run(['base64', '--wrap=0', CONFIG_FILE])
    return Buffer.from(stdout, 'base64').toString()
  }
  const changes = (): Locator => page().getByRole('region', { name: 'What changes' })
  const connect = (...args: string[]) => ['connect', '--provider', 'anthropic', '--yes', '--json', ...args]
  let original = { env: '', config: '' }
  let before = ''

  it('leads from the overview of a fresh gateway to the form', async () => {
    const { panel } = get()
    original = { env: await env(), config: await config() }
    before = HAND_MADE + original.env
    await writeEnvFile(panel, before)
    await overwrite(panel, CONFIG_FILE, CONFIG)
    await visit(page(), 'Overview')
    const hint = page().getByRole('region', { name: 'No model is connected' })
    await hint.getByRole('link', { name: 'Connect a model' }).click()
    await page().getByRole('heading', { name: 'Connect a model', level: 1 }).waitFor()
  })

  it('says what is wrong with what was pasted, and what a channel lacks', async () => {
    await page().getByLabel('Whose models?').selectOption({ label: 'Anthropic' })
    const key = page().getByLabel('Key (ANTHROPIC_API_KEY)')
    await key.fill('export OPENAI_API_KEY=sk-0123456789')
    await page().getByText('It is a line for OPENAI_API_KEY, not for ANTHROPIC_API_KEY.').waitFor()
    await key.fill(`export ANTHROPIC_API_KEY="${KEY}"`)
    await press(page(), `Take ${MODEL}`)
    await page().getByRole('checkbox', { name: 'Slack' }).check()
    await page().getByLabel('SLACK_BOT_TOKEN').fill(APP)
    await page().getByText('It begins with xapp-: that one belongs into SLACK_APP_TOKEN.').waitFor()
    await page().getByLabel('SLACK_BOT_TOKEN').fill(BOT)
    await press(page(), 'See what changes')
    await page().getByText('It is missing: Slack does nothing without it.').waitFor()
    await page().getByLabel('SLACK_APP_TOKEN').fill(APP)
  })

  it('shows each line that changes, in the light, in the dark and on a phone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page().emulateMedia({ colorScheme })
      await seeNoBarriers(page())
      await press(page(), 'See what changes')
      await changes().getByText('ANTHROPIC_API_KEY=••••••••').waitFor()
      await changes().getByText(`"primary": "${MODEL}"`).waitFor()
      await page().setViewportSize({ width: 390, height: 800 })
      await waitUntil('nothing is wider than the phone', LAYOUT_LIMIT_MS, () =>
        page().evaluate(() => document.documentElement.scrollWidth <= 390),
      )
      await seeNoBarriers(page())
      await page().setViewportSize({ width: 1280, height: 900 })
      if (colorScheme === 'light') await press(page(), 'Back to the form')
    }
    expect(await page().content()).not.toContain('canary')
    expect([await env(), await config()]).toEqual([before, CONFIG])
  })

  it('tells of a file that changed meanwhile, and writes over nobody’s change', async () => {
    get().browser.expectErrors(/status of 412 .*\/api\/connections$/)
    before = `${before}THEIRS=1\n`
    await writeEnvFile(get().panel, before)
    await changes().getByRole('button', { name: 'Connect' }).click()
    await changes().getByText('The file was changed meanwhile').waitFor()
    await changes()
      .getByText(/\.env: THEIRS$/)
      .waitFor()
    expect([await env(), await config()]).toEqual([before, CONFIG])
  })

  it('writes exactly these lines, restarts the gateway with them, and asks it what it sees', async () => {
    await changes().getByRole('button', { name: 'Connect' }).click()
    await seeSuccess(page(), CONNECT_LIMIT_MS)
    expect([await env(), await config()]).toEqual([before + AS_LINES, CONFIG_AFTER])
    expect(await readContainerVariable(get().panel, 'ANTHROPIC_API_KEY')).toBe(KEY)
    const seen = await page().locator('[data-step=verify-connection]').textContent()
    expect(seen).toContain(`the gateway has a key for Anthropic and its default model is ${MODEL}`)
    expect(seen).toContain('only Anthropic can say')
    await page().getByText('Anthropic (key is set)').waitFor({ state: 'attached' })
  })

  it('puts both files back by one click', async () => {
    await press(page(), 'Undo the connection')
    await page()
      .getByText(/^Gone back: razroom\.json and \.env as before\./)
      .waitFor()
    expect([await env(), await config()]).toEqual([before, CONFIG])
  })

  it('writes the same lines from a shell, with the values on standard input, and nothing the second time', async () => {
    const args = connect('--model', MODEL, '--channel', 'slack', '--no-restart')
    const { panel } = get()
    const first = await panel.tryCli(args, { input: AS_LINES })
    expect(first.json).toMatchObject({ kind: 'connect-services', state: 'succeeded', changed: true })
    expect([await env(), await config()]).toEqual([before + AS_LINES, CONFIG_AFTER])
    expect((await panel.tryCli(args, { input: '' })).json).toMatchObject({
      state: 'succeeded',
      changed: false,
    })
  })

  it('puts .env back when razroom.json can not be written', async () => {
    const { panel } = get()
    const { id } = await inspectGateway(panel)
    // Nothing can be put in the place of what is mounted (rename(2), EBUSY).
    await panel.host.run(['mount', '--bind', CONFIG_FILE, CONFIG_FILE])
    try {
      const args = connect('--model', 'anthropic/other', '--from', '-')
      const { exitCode, json } = await panel.tryCli(args, { input: `${SECOND_KEY}\n` })
      expect(exitCode).toBe(1)
      expect(JSON.stringify(json)).toContain('.env is put back as it was')
    } finally {
      // Lazily: somebody may be reading the file.
      await panel.host.run(['umount', '--lazy', CONFIG_FILE])
    }
    expect([await env(), await config()]).toEqual([before + AS_LINES, CONFIG_AFTER])
    expect((await inspectGateway(panel)).id).toBe(id)
  })

  it('has left no key but in .env', async () => {
    const { panel } = get()
    const found = await panel.host.run(['sh', '-c', `grep -rlF canary ${CONFIG_DIR}`], { reject: false })
    expect(found.stdout.split('\n')).toEqual([`${CONFIG_DIR}/.env`])
    const told = await page().evaluate(async () => (await fetch('/api/operations')).text())
    expect(told).toContain('connect-services')
    for (const text of [told, await panel.log(), await page().content()]) expect(text).not.toContain('canary')
    await writeEnvFile(panel, original.env)
    await overwrite(panel, CONFIG_FILE, original.config)
    await visit(page(), 'Overview')
  })
}
