import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { visit } from '../journeys/panel-steps.ts'
import type { AttackHost } from './attack-host.ts'
import { HOSTILE_TEXTS, NEVER_SHOWN } from './hostile-texts.ts'
import { keepScore } from './scoreboard.ts'

const LIMIT_MS = 90_000
const MINE = 'what the person copied'
const NAMES = Object.keys(HOSTILE_TEXTS)
/** Each text between marks of its own, so that it is seen whether it swallowed its end. */
const TEXTS = Object.values(HOSTILE_TEXTS).map(({ text }, index) => `begin${index} ${text} end${index}`)

/** Prints the lines on standard output of the container's first process. */
const PRINT = `
const { openSync, writeSync } = require('node:fs')
let text = ''
process.stdin.on('data', (piece) => { text += piece }).on('end', () => {
  const out = openSync('/proc/1/fd/1', 'w')
  for (const line of JSON.parse(text)) writeSync(out, line + '\\n')
})`
/** Writes into the terminal of the program that has the terminal's mark, as that program would. */
const DRAW = `
const { openSync, readdirSync, readFileSync, writeSync } = require('node:fs')
let text = ''
process.stdin.on('data', (piece) => { text += piece }).on('end', () => {
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      if (!readFileSync('/proc/' + pid + '/environ', 'latin1').includes('RAZROOM_PANEL_TERMINAL=1')) continue
      writeSync(openSync('/proc/' + pid + '/fd/1', 'w'), text)
      break
    } catch {}
  }
})`

/** What the page must be like afterwards as before: what a sequence could have changed. */
async function look(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => ({
    title: document.title,
    address: location.href,
    clipboard: await navigator.clipboard.readText(),
    evil: Reflect.get(globalThis, 'evil') ?? null,
    foreign: [...document.querySelectorAll('img, script:not([src]), iframe, b, [onerror]')].length,
    links: [...document.links].map(({ href }) => href).filter((href) => !href.startsWith(location.origin)),
  }))
}

/** Text and attributes of the page as they are in its document. */
const documentOf = (page: Page): Promise<string> => page.evaluate(() => document.body.outerHTML)

export function describeHostilePage(attack: () => AttackHost): void {
  const inContainer = (script: string, input: string) => {
    const { host } = attack().panel
    const podman = ['podman', 'exec', '--interactive', 'razroom', 'node', '--eval', script]
    const asUser = ['systemd-run', '--machine=razroom@.host', '--user', '--pipe', '--wait', '--quiet']
    return host.run([...asUser, ...podman], { input })
  }

  async function withPage(name: 'Logs' | 'Terminal', work: (browser: PanelBrowser) => Promise<void>) {
    const browser = await loginPage(attack().panel)
    try {
      await visit(browser.page, name)
      // It follows the heading, and is to be the same at the end.
      await waitUntil('the page has its title', LIMIT_MS, async () =>
        (await browser.page.title()).startsWith(name),
      )
      await browser.page.evaluate((text) => navigator.clipboard.writeText(text), MINE)
      await work(browser)
      expect(browser.faults()).toEqual([])
      expect(browser.context.pages()).toHaveLength(1)
    } finally {
      await browser.close()
    }
  }

  describe('hostile text in the page', () => {
    it('of the log: it is text, all of it is there, and nothing has happened', () =>
      withPage('Logs', async ({ page }) => {
        const before = await look(page)
        await inContainer(PRINT, JSON.stringify([...TEXTS, 'all is printed']))
        await page.getByRole('log').getByText('all is printed').waitFor({ timeout: LIMIT_MS })
        const shown = (await page.getByRole('log').locator('.log-text').allTextContents()).join('\n')
        const wrong = Object.values(HOSTILE_TEXTS).flatMap((hostile, index) =>
          shown.includes(`begin${index} ${hostile.shown} end${index}`) ? [] : [NAMES[index]],
        )
        expect(wrong).toEqual([])
        expect(await documentOf(page)).not.toMatch(NEVER_SHOWN)
        expect(await look(page)).toEqual(before)
        expect(before.clipboard).toBe(MINE)
        keepScore('hostile text: the log in a browser', TEXTS.length, TEXTS.length - wrong.length)
      }))

    it('of the terminal: it draws, and reaches nothing around it', () =>
      withPage('Terminal', async ({ page, expectErrors }) => {
        // The terminal says so in the console, and goes on.
        expectErrors(/xterm\.js: Parsing error/)
        await page.getByRole('button', { name: /^Onboarding wizard/ }).click()
        const screen = async () => (await page.locator('.xterm-rows > div').allInnerTexts()).join('\n')
        const see = (text: string) =>
          waitUntil(`the terminal shows ${text}`, LIMIT_MS, async () => (await screen()).includes(text))
        await see('Continue? (y/N)')
        const before = await look(page)
        // Each from the beginning again, since some of them change the screen.
        for (const [index, text] of TEXTS.entries()) {
          await inContainer(DRAW, `\x1bc${text}\x1b\\\x1b[0m\x1b(B\x0f\x1b[?1049l\r\ndrawn${index}`)
          await see(`drawn${index}`)
        }
        await inContainer(DRAW, '\x1bc\x1b]8;;javascript:globalThis.evil=1\x1b\\pressme\x1b]8;;\x1b\\')
        await see('pressme')
        // By its place: a screen that is drawn all the time has no element that stays.
        const { x, y } = (await page.locator('.xterm-screen').boundingBox()) ?? { x: 0, y: 0 }
        await page.mouse.move(x + 20, y + 8, { steps: 4 })
        await page.mouse.click(x + 20, y + 8)
        expect(await look(page)).toEqual(before)
        expect(before.clipboard).toBe(MINE)
        expect(await documentOf(page)).not.toMatch(NEVER_SHOWN)
        keepScore('hostile text: the terminal in a browser', TEXTS.length + 1, TEXTS.length + 1)
      }))
  })
}
