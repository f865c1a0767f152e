import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost, type TestHost } from '../host/host.ts'
import { type PanelHost, readToken, seeTokenTaken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { loginPage, PANEL_IS_AWAY, type PanelBrowser } from '../host/panel-page.ts'
import { addVariables, saveEnvironment } from './environment-steps.ts'
import {
  CONFIG_FILE,
  overwrite,
  readContainerVariable,
  readEnvFile,
  writeEnvFile,
} from './gateway-container.ts'
import { confirm, press, seeNoBarriers, seeState, visit } from './panel-steps.ts'

const SECRET = 'sk-canary-0123456789abcdefghij'
/** Lines as people and other programs write them; the gateway would see something else than was meant. */
const CARELESS = `# keep me
GREETING="hello there"
export OPENAI_API_KEY="${SECRET}"
GROK_API_KEY=gsk_0123456789abcdefghij
TWICE=1
TWICE=2
`

/** Both files in a real browser on a real host; the \`it\`s tell one story and need each other. */
describe('the editors of .env and razroom.json', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  const page = () => browser.page
  const row = (name: string) => page().getByRole('row', { name, exact: true })
  const unsaved = () => page().getByRole('region', { name: 'Unsaved changes' })
  const readConfig = async () => (await host.run(['cat', CONFIG_FILE])).stdout
  const writeConfig = (text: string) => overwrite(panel, CONFIG_FILE, text)

  /** Puts another text in place of all that the focused editor has, as a person pastes it. */
  const replaceText = async (text: string) => {
    await page().evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await page().keyboard.press('Control+a')
    await page().keyboard.press('Control+v')
  }

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
    await writeEnvFile(panel, (await readEnvFile(panel)) + CARELESS)
    browser = await loginPage(panel)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  it('say what podman makes of careless lines, and mend them by a click', async () => {
    await visit(page(), 'Environment')
    await row('GREETING').getByText('Quotes stay in the value').waitFor()
    await page()
      .getByRole('button', { name: /^Mend all/ })
      .click()
    await unsaved().getByText('GREETING=hello there').waitFor()
    expect(await page().content()).not.toContain(SECRET)
    await saveEnvironment(page())
    const file = await readEnvFile(panel)
    for (const line of ['# keep me', 'GREETING=hello there', `OPENAI_API_KEY=${SECRET}`, 'TWICE=2'])
      expect(file.split('\n')).toContain(line)
    expect(file).toContain('GROQ_API_KEY=gsk_')
    expect(file).not.toContain('TWICE=1')
    expect((await panel.tryCli(['env', 'check', '--json'])).exitCode).toBe(0)
  })

  it('take a save back', async () => {
    await press(page(), 'Undo the save')
    await page()
      .getByText(/^Gone back/)
      .waitFor()
    expect(await readEnvFile(panel)).toContain(CARELESS)
    await page()
      .getByRole('button', { name: /^Mend all/ })
      .click()
    await saveEnvironment(page())
  })

  it('offer the known variables, and a name of one’s own', async () => {
    await press(page(), 'Add variable')
    const picker = page().getByRole('dialog', { name: 'Add variable' })
    await picker.getByRole('combobox').fill('telegram')
    await page().keyboard.press('Enter')
    await page().getByLabel('Value of the new variable').last().fill('123456:canary-telegram-token-0123')
    await addVariables(page(), [['MY_OWN', 'value']])
    await saveEnvironment(page())
    expect(await readEnvFile(panel)).toMatch(/TELEGRAM_BOT_TOKEN=123456:canary.*\nMY_OWN=value\n$/s)
  })

  it('take a whole file in, after a look', async () => {
    await press(page(), 'Import…')
    const dialog = page().getByRole('dialog', { name: 'Import variables' })
    await dialog
      .getByLabel('Or paste the text')
      .fill('# theirs\nexport IMPORTED="a b"\nMY_OWN=other\nLD_PRELOAD=/tmp/x.so\n')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('LD_PRELOAD').first().waitFor()
    await dialog.getByRole('button', { name: 'Take 2 variables' }).click()
    await saveEnvironment(page())
    const file = await readEnvFile(panel)
    expect(file).toMatch(/MY_OWN=other\n.*IMPORTED=a b\n/s)
    expect(file).not.toContain('LD_PRELOAD')
  })

  it('bring both sides of a conflict together, key by key', async () => {
    await row('MY_OWN').getByRole('button', { name: 'Edit MY_OWN' }).click()
    await page().getByLabel('Value of MY_OWN').fill('mine')
    await addVariables(page(), [['ONLY_MINE', '1']])
    const theirs = (await readEnvFile(panel)).replace('MY_OWN=other', 'MY_OWN=theirs')
    await writeEnvFile(panel, `${theirs}ONLY_THEIRS=1\n`)
    await page().getByText('The file was changed meanwhile', { exact: false }).first().waitFor()
    await page().getByRole('radio', { name: 'MY_OWN: take yours' }).check()
    await press(page(), 'Load theirs, keep my edits')
    await saveEnvironment(page())
    const merged = (await readEnvFile(panel)).split('\n')
    for (const line of ['MY_OWN=mine', 'ONLY_MINE=1', 'ONLY_THEIRS=1']) expect(merged).toContain(line)
    expect(merged).not.toContain('MY_OWN=theirs')
  })

  it('merge texts line by line', async () => {
    await page().getByRole('tab', { name: 'Text' }).click()
    const text = page().getByRole('textbox', { name: /text/i }).first()
    await page()
      .getByRole('button', { name: /Show|Edit/ })
      .first()
      .click()
    await text.fill((await text.inputValue()).replace('ONLY_MINE=1', 'ONLY_MINE=2'))
    await writeEnvFile(panel, (await readEnvFile(panel)).replace('ONLY_THEIRS=1', 'ONLY_THEIRS=2'))
    await page().getByText('The file was changed meanwhile', { exact: false }).first().waitFor()
    await press(page(), 'Load theirs, keep my edits')
    await saveEnvironment(page())
    const merged = (await readEnvFile(panel)).split('\n')
    for (const line of ['ONLY_MINE=2', 'ONLY_THEIRS=2']) expect(merged).toContain(line)
    await page().getByRole('tab', { name: 'Table' }).click()
  })

  it('keep what is unsaved through a restart of the panel', async () => {
    await addVariables(page(), [['SURVIVOR', '1']])
    browser.expectErrors(PANEL_IS_AWAY)
    await panel.stop()
    await panel.start()
    await saveEnvironment(page())
    expect(await readEnvFile(panel)).toContain('SURVIVOR=1')
  })

  it('go back to any version', async () => {
    await page().getByText('Versions', { exact: true }).click()
    const items = page().locator('ol.versions > li')
    await items.nth(1).waitFor()
    await items
      .nth(1)
      .getByRole('button', { name: /^Go back to this/ })
      .click()
    await page().getByRole('dialog').getByText('SURVIVOR=1').waitFor()
    await confirm(page(), 'Go back to it')
    await page().getByRole('dialog').waitFor({ state: 'detached' })
    await row('SURVIVOR').waitFor({ state: 'detached' })
    expect(await readEnvFile(panel)).not.toContain('SURVIVOR')
  })

  it('show the restart that the container waits for, and bring it', async () => {
    await visit(page(), 'Overview')
    await press(page(), 'Restart to apply')
    await page().getByRole('button', { name: 'Restart to apply' }).waitFor({ state: 'detached' })
    await seeState(page(), 'running')
    expect(await readContainerVariable(panel, 'GREETING')).toBe('hello there')
  })

  it('edit razroom.json with its comments, and mark what is wrong at its place', async () => {
    await writeConfig(`// mine\n{ gateway: { mode: 'local', /* keep */ } }\n`)
    await visit(page(), 'Configuration')
    await page().getByText("mode: 'local'").first().waitFor()
    await press(page(), 'Edit')
    const editor = page().getByRole('textbox', { name: 'Text of razroom.json', exact: true })
    await editor.click()
    await replaceText(`// mine\n{ gateway: { mode: 'remote', /* keep */ } }\n`)
    await page()
      .getByText(/gateway\.mode/)
      .first()
      .waitFor()
    browser.expectErrors(/status of 400 .*\/api\/config$/)
    await unsaved().getByRole('button', { name: 'Save', exact: true }).click()
    await page().getByRole('dialog').getByText('The gateway would not start with this').waitFor()
    await confirm(page(), 'Back to the text')
    await editor.click()
    await replaceText(`// mine\n{ gateway: { mode: 'local', /* keep */ }, logging: { level: 'debug' } }`)
    await page().keyboard.press('Control+End')
    await page().keyboard.type(' // typed')
    await unsaved().getByRole('button', { name: 'Save', exact: true }).click()
    await page()
      .getByText(/^Saved\./)
      .waitFor()
    expect(await readConfig()).toMatch(/\/\* keep \*\/.*\/\/ typed$/)
  })

  it('bring back, from the overview, a razroom.json that had been broken', async () => {
    await panel.cli('restart')
    const good = await readConfig()
    await panel.cli('stop')
    browser.expectErrors(/status of 409 .*\/api\/token$/)
    await writeConfig(good.replace('} }', '}'))
    await panel.tryCli(['launch'])
    await visit(page(), 'Overview')
    await seeState(page(), 'failed')
    await page().getByRole('button', { name: 'Go back and start: razroom.json' }).click()
    await seeState(page(), 'running')
    expect(await readConfig()).toBe(good)
    await seeTokenTaken(host, await readToken(panel))
  })

  it('can be used by everybody, in the light and in the dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page().emulateMedia({ colorScheme })
      for (const name of ['Environment', 'Configuration'] as const) {
        await visit(page(), name)
        await page().getByText('Versions', { exact: true }).first().waitFor()
        await seeNoBarriers(page())
      }
    }
  })

  it('break no rule of the content policy and throw nothing', () => {
    expect(browser.faults()).toEqual([])
  })
})
