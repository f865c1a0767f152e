import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { Mode } from '../../contract/settings.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { measureFirstLoad } from '../host/first-load.ts'
import { PANEL_URL, readStatus } from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { waitUntil } from '../host/wait-until.ts'
import { printLines, switchMode } from './log-history-steps.ts'
import type { LogHost } from './log-host.ts'
import { visit } from './panel-steps.ts'

const LIMIT_MS = 60_000
/** More than the page asks for at first. */
const LINES = 2_500

/** The log as a person reads it in the browser. */
export function itIsReadInThePage(open: () => LogHost, mode: Mode): void {
  it.runIf(mode === 'container' || IS_FULL)(
    `is read in the page, as a ${mode}: an old line by a search and by its link, a filter, and back to the end`,
    async () => {
      const { panel } = open()
      if ((await readStatus(panel)).gateway.mode !== mode) await switchMode(panel, mode)
      await printLines(open(), [`a needle of the ${mode}`])
      await printLines(
        open(),
        Array.from({ length: LINES }, (_, at) => `${mode} ${at}`),
      )
      const browser = await loginPage(panel)
      try {
        await weighsLittle(browser)
        await readInThePage(browser, mode)
        expect(browser.faults()).toEqual([])
      } finally {
        await browser.close()
      }
    },
  )
}

/** Compressed, with an empty cache, KB. */
const HEAVIEST = { '/': 30, '/logs': 45 } as const

/** What a page brings at first, over the wire: the panel is reached over thin tunnels, too. */
async function weighsLittle({ newPage }: PanelBrowser): Promise<void> {
  const page = await newPage()
  for (const [path, limit] of Object.entries(HEAVIEST)) {
    const { kilobytes, files } = await measureFirstLoad(page, `${PANEL_URL}${path}`)
    expect(kilobytes, `${path}: ${files.join(' ')}`).toBeLessThanOrEqual(limit)
    // Something came, and the parts that weigh most came with no other page.
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter((file) => /terminal-page|configuration-page/.test(file))).toEqual([])
  }
  await page.close()
}

async function readInThePage({ page }: PanelBrowser, mode: Mode): Promise<void> {
  const text = `${mode} ${LINES - 1}`
  const log = page.getByRole('log')
  const needle = log.getByText(`a needle of the ${mode}`)
  const end = log.getByText(text, { exact: true })
  const button = (name: string) => page.getByRole('button', { name, exact: true }).first()
  await visit(page, 'Logs')
  await end.waitFor({ timeout: LIMIT_MS })

  await page.keyboard.press('s')
  await page.getByLabel('What to search for').fill(`NEEDLE of the ${mode}`)
  await page.keyboard.press('Enter')
  const hit = page.getByRole('region', { name: 'Hits' }).getByRole('listitem').first()
  await hit.getByRole('link').first().click()
  await needle.waitFor({ timeout: LIMIT_MS })
  expect(new URL(page.url()).hash).toMatch(/^#line=/)

  await page.reload()
  await needle.waitFor({ timeout: LIMIT_MS })
  await page.getByRole('button', { name: /^Back to the end/ }).click()
  await end.waitFor({ timeout: LIMIT_MS })

  await page.getByRole('searchbox', { name: 'Filter' }).fill(text)
  await waitUntil(
    'only that line is left',
    LIMIT_MS,
    async () => (await log.locator('.log-row:not(.log-probe)').count()) === 1,
  )
  await button('Download').click()
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: /^All lines with/ }).click()
  const saved = await readFile(await (await coming).path(), 'utf8')
  expect(
    saved
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+ /, '')),
  ).toEqual([text])
  await button('Clear all').click()
  await waitUntil(
    'all lines are there again',
    LIMIT_MS,
    async () => (await log.locator('.log-row:not(.log-probe)').count()) > 5,
  )

  await log.locator('.log-line-link').last().click()
  await page.getByRole('button', { name: 'Copy link to this line' }).waitFor()
  await waitUntil('the marked line is in sight above the bar', LIMIT_MS, async () => {
    const [line, list] = [await log.locator('[data-marked]').boundingBox(), await log.boundingBox()]
    return line !== null && list !== null && line.y + line.height <= list.y + list.height + 1
  })

  await page.setViewportSize({ width: 390, height: 844 })
  await button('Go to').click()
  // Before anything scrolls to it: a panel that is cut off can be reached by a test, and by nobody else.
  const last = page.getByText('In the time of this browser.')
  await last.waitFor({ timeout: LIMIT_MS })
  await waitUntil('it is on top', LIMIT_MS, () =>
    last.evaluate((node) => {
      const { x, y, width, height } = node.getBoundingClientRect()
      return node.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    }),
  )
  await page.getByRole('button', { name: 'First line kept' }).click({ timeout: LIMIT_MS })
  await log.getByText('The first line that is kept').waitFor({ timeout: LIMIT_MS })
}
