import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileVersion } from '../../contract/versions.ts'
import { createHost, type TestHost } from '../host/host.ts'
import type { HostKind } from '../host/kinds.ts'
import { callApi } from '../host/panel-api.ts'
import { PANEL_URL, type PanelHost, setUpBundled, startPanel } from '../host/panel-host.ts'
import { loginPage, PANEL_IS_AWAY, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { inspectGateway } from './gateway-container.ts'
import { confirm, press, visit } from './panel-steps.ts'

const LIMIT_MS = 90_000

/** The terminal in a real browser, against the wizard of the bundled gateway; the `it`s tell one story. */
export function describeTerminal(kind: HostKind): void {
  describe(`the terminal on ${kind}`, () => {
    let host: TestHost
    let panel: PanelHost
    let browser: PanelBrowser
    const page = () => browser.page

    /** What the screen shows. */
    const screen = async (on: Page = page()) =>
      (await on.locator('.xterm-rows > div').allInnerTexts()).join('\n')
    const see = (text: string | RegExp, on: Page = page()) =>
      waitUntil(`the terminal shows ${text}`, LIMIT_MS, async () => {
        const shown = await screen(on)
        return typeof text === 'string' ? shown.includes(text) : text.test(shown)
      }).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await screen(on)}\n${await on.locator('main').innerText()}`)
      })
    const type = async (text: string) => {
      await page().locator('.xterm-helper-textarea').focus()
      await page().keyboard.type(text)
      await page().keyboard.press('Enter')
    }
    const choose = (name: RegExp, on: Page = page()) => on.getByRole('button', { name }).click()
    const ended = (on: Page = page()) => on.locator('[data-ended]').first()
    /** What is left of a terminal on the host: its agent, its podman, its program, its container. */
    const leftovers = async () => {
      const { stdout } = await host.run([
        'sh',
        '-c',
        'ps -eo args | grep -E "terminal-agent.js|index.js (onboard|doctor)" | grep -v grep || true',
      ])
      const containers = (await panel.podman('ps', '--all', '--format', '{{.Names}}')).split('\n')
      return [
        ...stdout.split('\n').filter(Boolean),
        ...containers.filter((name) => name.endsWith('-terminal')),
      ]
    }
    const seeNothingLeft = () =>
      waitUntil('nothing is left', LIMIT_MS, async () => (await leftovers()).length === 0).catch(
        async (error: unknown) => {
          throw new Error(`${String(error)}: ${(await leftovers()).join('\n')}`)
        },
      )
    /** A killed agent can't clean up: one that is stopped first does not even begin to. */
    const killAgent = (signal: 'STOP' | 'KILL') =>
      host.run(['pkill', `--signal=${signal}`, '--full', 'terminal-agent.js'])
    const newest = async (file: 'env' | 'config') =>
      ((await callApi(panel, `GET /api/${file}/versions`)).body as FileVersion[])[0]

    beforeAll(async () => {
      host = await createHost({ kind })
      panel = await startPanel(host)
      await setUpBundled(panel)
      browser = await loginPage(panel)
    })
    afterAll(async () => {
      await browser?.close()
      await host?.destroy()
    })

    it('runs the wizard inside the gateway, with its size, and takes it up again after a reload', async () => {
      await visit(page(), 'Terminal')
      await choose(/^Onboarding wizard/)
      await see('Continue? (y/N)')
      await page().getByText('Inside the gateway.').waitFor()
      await page().locator('.xterm-helper-textarea').focus()
      await page().keyboard.press('F6')
      const copy = page().getByRole('button', { name: 'Copy', exact: true })
      expect(await copy.evaluate((button) => button === document.activeElement)).toBe(true)
      await type('y')
      await see('Onboarding mode')
      await page().reload()
      await see('Onboarding mode')
      expect(await screen()).toContain('Continue? (y/N) y')
      const size = async () => (await panel.podman('exec', 'razroom', 'node', '--eval', SIZE_SCRIPT)).trim()
      const wide = Number(await size())
      await page().setViewportSize({ width: 900, height: 900 })
      await waitUntil('the program has another width', LIMIT_MS, async () => {
        const now = Number(await size())
        return now > 20 && now < wide
      })
      await page().setViewportSize({ width: 1280, height: 900 })
    })

    it('tells a second page that someone is in it, which may take over', async () => {
      const second = await browser.newPage()
      await second.goto(`${PANEL_URL}/terminal`)
      await choose(/^Security audit/, second)
      await second.getByText('Someone is in the Onboarding wizard').waitFor()
      await choose(/^Take over$/, second)
      await see('Onboarding mode', second)
      await page().getByText('It goes on in another page').waitFor()
      await press(page(), 'Back to the commands')
      await choose(/^Onboarding wizard/)
      await page().getByText('Someone is in the Onboarding wizard').waitFor()
      await choose(/^Take over$/)
      await see('Onboarding mode')
      await second.close()
    })

    it('is answered to the end, and what it wrote is the wizard’s', async () => {
      await type('1')
      await see('Config handling')
      await type('2')
      await see('Model/auth provider')
      await type('openai')
      await see('API key')
      await type('sk-typed-in-the-wizard-0123456789')
      await see('Default model')
      await type('')
      await see('chat channels')
      await type('n')
      await ended().waitFor({ timeout: LIMIT_MS })
      expect(await ended().getAttribute('data-code')).toBe('0')
      await page().getByText('The token in .env is not the one that the gateway checks').waitFor()
      await page().getByRole('button', { name: 'Restart to apply' }).waitFor()
      for (const file of ['env', 'config'] as const)
        expect(await newest(file)).toMatchObject({ by: 'wizard' })
      await seeNothingLeft()
    })

    it('explains an end that is none', async () => {
      await press(page(), 'Back to the commands')
      await choose(/^Onboarding wizard/)
      await see('Continue? (y/N)')
      await type('n')
      await page().getByText('nothing was written').waitFor({ timeout: LIMIT_MS })
      expect(await ended().getAttribute('data-code')).toBe('1')
      await press(page(), 'Back to the commands')
      await choose(/^Configure/)
      await page().getByText('does not know this command').waitFor({ timeout: LIMIT_MS })
      await press(page(), 'Back to the commands')
    })

    it('ends by its button, and leaves nothing', async () => {
      await choose(/^Onboarding wizard/)
      await see('Continue? (y/N)')
      await press(page(), 'End')
      await confirm(page(), 'End')
      await page().getByText('Onboarding wizard: was ended').waitFor({ timeout: LIMIT_MS })
      await seeNothingLeft()
      await press(page(), 'Back to the commands')
    })

    it.each([[false], [true]])(
      'leaves nothing when the daemon is killed (its agent too: %s); the gateway runs on',
      async (isAgentKilled) => {
        const before = await inspectGateway(panel)
        await choose(/^Onboarding wizard/)
        await see('Continue? (y/N)')
        browser.expectErrors(PANEL_IS_AWAY)
        if (isAgentKilled) await killAgent('STOP')
        await panel.kill()
        if (isAgentKilled) await killAgent('KILL')
        await page().getByText('The connection is lost').waitFor()
        await panel.start()
        await seeNothingLeft()
        expect((await inspectGateway(panel)).startedAt).toBe(before.startedAt)
        await page().getByText('Onboarding wizard: was ended').waitFor({ timeout: LIMIT_MS })
        await press(page(), 'Back to the commands')
      },
    )

    it('has a container of its own while the gateway does not run', async () => {
      await panel.cli('stop')
      await choose(/^Onboarding wizard/)
      await see('Continue? (y/N)')
      await page().getByText('In a container of its own').waitFor()
      expect(await leftovers()).toContain('razroom-terminal')
      await type('y')
      await see('Onboarding mode')
      await killAgent('STOP')
      await panel.kill()
      await killAgent('KILL')
      await panel.start()
      await seeNothingLeft()
      await page().getByText('Onboarding wizard: was ended').waitFor({ timeout: LIMIT_MS })
      await press(page(), 'Back to the commands')
      await choose(/^Onboarding wizard/)
      await see('Continue? (y/N)')
      await panel.stop()
      await seeNothingLeft()
      await panel.start()
      await page().getByText('Onboarding wizard: was ended').waitFor({ timeout: LIMIT_MS })
    })

    it('asks for a confirmation once the login is ten minutes old, and opens for nobody without', async () => {
      const { body } = await callApi(panel, 'GET /api/status')
      expect(body).toMatchObject({ isSetUp: true })
      await panel.stop()
      await host.run(['sed', '--in-place', '-E', 's/"stepUpUntil": ?[0-9]+/"stepUpUntil":1/g', STATE_FILE])
      await panel.start()
      await page().goto(`${PANEL_URL}/terminal`)
      await choose(/^Onboarding wizard/)
      await page().getByRole('dialog').waitFor()
      await page().keyboard.press('Escape')
      await page().getByText('It was not opened').waitFor()
      browser.expectErrors(/handshake: Unexpected response code: 403/)
      const refused = await page().evaluate(
        () =>
          new Promise<boolean>((resolve) => {
            const socket = new WebSocket(`ws://${location.host}/api/terminal`)
            socket.onopen = () => resolve(false)
            socket.onerror = () => resolve(true)
          }),
      )
      expect(refused).toBe(true)
      expect(await leftovers()).toEqual([])
    })

    it('kept to the content security policy all the time', () => {
      expect(browser.faults()).toEqual([])
    })
  })
}

const STATE_FILE = '/var/lib/razroom-panel/state.json'
/** Columns of the terminal of the marked program, as the kernel has them. */
const SIZE_SCRIPT = `
const { readdirSync, readFileSync, openSync } = require('node:fs')
const { WriteStream } = require('node:tty')
for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
  try {
    if (!readFileSync('/proc/' + pid + '/environ', 'latin1').includes('RAZROOM_PANEL_TERMINAL=1')) continue
    console.log(new WriteStream(openSync('/proc/' + pid + '/fd/1', 'w')).columns)
    break
  } catch {}
}
`
