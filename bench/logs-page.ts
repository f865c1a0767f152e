/** The log in a browser: when its last line is painted, how smooth it is, and what the page weighs. */
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright'
import { measureFirstLoad } from '../e2e/host/first-load.ts'
import { createHost, type TestHost } from '../e2e/host/host.ts'
import { AS_RAZROOM } from '../e2e/host/host-test-kit.ts'
import { PANEL_URL, setUpBundled, startPanel } from '../e2e/host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../e2e/host/panel-page.ts'
import { RELEASE_NODE } from '../e2e/host/panel-release.ts'
import { type FrameGaps, installProbe, readHeap, takeGaps, untilPainted } from './page-probe.ts'
import { traceWork } from './page-work.ts'
import type { Figure } from './report.ts'

const LOG = '/home/razroom/.local/share/razroom/log/gateway.log'
const LINES = 100_000
const LAST_LINE = 'the-last-of-all-lines'
const ROUNDS = 5
const LIVE_PER_SECOND = 5_000
/** As many lines as the log has come live, too. */
const LIVE_SECONDS = 20
const TRACED_SECONDS = 10
const SCROLL_MS = 5_000
/** All that opening the log sets off is over by then. */
const SETTLE_MS = 3_000
const TIMEOUT_MS = 120_000

export interface PageBench {
  readonly host: TestHost
  readonly browser: PanelBrowser
  readonly page: Page
  readonly cdp: CDPSession
}

export async function benchLogsPage(): Promise<Figure[]> {
  const host = await createHost({ kind: 'debian-13' })
  try {
    const panel = await startPanel(host)
    await setUpBundled(panel)
    await host.copyIn(join(import.meta.dirname, 'log-writer.ts'), '/srv/bench-log-writer.ts', 'root')
    await host.run(['chmod', '0644', '/srv/bench-log-writer.ts'])
    const browser = await loginPage(panel)
    try {
      return [...(await benchFirstLoads(browser)), ...(await benchList(host, browser))]
    } finally {
      await browser.close()
    }
  } finally {
    await host.destroy()
  }
}

/** Bytes of the panel's own files, as they come over the wire. */
async function benchFirstLoads({ newPage, context }: PanelBrowser): Promise<Figure[]> {
  const stranger = await context.browser()?.newContext()
  const login = stranger && (await measureFirstLoad(await stranger.newPage(), PANEL_URL))
  await stranger?.close()
  const page = await newPage()
  const loadOf = (path: string) => measureFirstLoad(page, `${PANEL_URL}${path}`)
  const overview = await loadOf('/')
  const logs = await loadOf('/logs')
  const terminal = await loadOf('/terminal')
  const editor = await loadOf('/configuration')
  await page.close()
  const heavy = /terminal-page|configuration-page/
  const figure = (what: string, value: number): Omit<Figure, 'goal'> => ({
    what: `first load of ${what}`,
    value,
    unit: 'KB',
  })
  return [
    figure('the login, which is what every page needs', login?.kilobytes ?? Number.NaN),
    { ...figure('the overview', overview.kilobytes), goal: { of: 'value', is: 'at most', limit: 30 } },
    { ...figure('the logs page', logs.kilobytes), goal: { of: 'value', is: 'at most', limit: 45 } },
    figure('the terminal', terminal.kilobytes),
    figure('the editor', editor.kilobytes),
    {
      what: 'files of terminal and editor that overview and logs page load',
      value: [...overview.files, ...logs.files].filter((file) => heavy.test(file)).length,
      unit: 'files',
      goal: { of: 'value', is: 'at most', limit: 0 },
    },
  ]
}

async function benchList(host: TestHost, browser: PanelBrowser): Promise<Figure[]> {
  await writeLog(host, 'mixed', LINES, LAST_LINE)
  const page = await browser.newPage()
  await installProbe(page)
  const cdp = await browser.context.newCDPSession(page)
  const bench: PageBench = { host, browser, page, cdp }
  const painted: number[] = []
  const loading: number[] = []
  let heapBefore = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    await openOverview(page)
    heapBefore = (await readHeap(cdp)).megabytes
    painted.push(await openLogs(page))
    await pause(SETTLE_MS)
    loading.push((await takeGaps(page)).worst)
  }
  const heapOpened = (await readHeap(cdp)).megabytes
  const scrolling = await scroll(page)
  const quiet = await emptyPage(bench, () => pause(SCROLL_MS))
  const live = await followLive(bench)
  const heapAfter = (await readHeap(cdp)).megabytes
  const chromium = browser.context.browser()
  const work =
    chromium && (await traceWork(chromium, () => writeLog(host, 'live', LIVE_PER_SECOND, TRACED_SECONDS)))
  const busy = await emptyPage(bench, () => writeLog(host, 'live', LIVE_PER_SECOND, LIVE_SECONDS / 2))
  const rawOf = ({ worst }: FrameGaps) => ({ what: 'an empty page on the same machine', value: worst })
  const gapGoal = { of: 'value', is: 'at most', limit: 50 } as const
  return [
    {
      what: 'click to the last of 100,000 lines painted',
      value: median(painted),
      unit: 'ms',
      goal: { of: 'value', is: 'at most', limit: 600 },
    },
    {
      what: 'worst frame gap while it opens',
      value: median(loading),
      unit: 'ms',
      raw: rawOf(quiet),
      goal: gapGoal,
    },
    {
      what: 'worst frame gap while one scrolls',
      value: scrolling.worst,
      unit: 'ms',
      raw: rawOf(quiet),
      goal: gapGoal,
    },
    {
      what: 'worst frame gap at 5,000 lines/s',
      value: live.worst,
      unit: 'ms',
      raw: rawOf(busy),
      goal: gapGoal,
    },
    {
      what: 'longest piece of work meanwhile, processor time',
      value: work?.longest ?? Number.NaN,
      unit: 'ms',
      goal: gapGoal,
    },
    {
      what: 'a core, for the page alone, meanwhile',
      value: (work?.total ?? Number.NaN) / (10 * TRACED_SECONDS),
      unit: '%',
    },
    { what: 'heap of the page, the log opened', value: heapOpened, unit: 'MB' },
    {
      what: 'heap with 100,000 lines held',
      value: heapAfter,
      unit: 'MB',
      raw: { what: 'the overview', value: heapBefore },
      goal: { of: 'value', is: 'at most', limit: 40 },
    },
  ]
}

async function openOverview(page: Page): Promise<void> {
  await page.goto(PANEL_URL)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
}

/** @returns ms from the click to the last line on the screen */
async function openLogs(page: Page): Promise<number> {
  await page.getByRole('navigation').getByRole('link', { name: 'Logs', exact: true }).click()
  return untilPainted(page, LAST_LINE)
}

/** Up and down again, by the wheel. */
async function scroll(page: Page): Promise<FrameGaps> {
  await page.getByRole('log').hover()
  await takeGaps(page)
  const end = performance.now() + SCROLL_MS
  while (performance.now() < end) {
    const isUp = end - performance.now() > SCROLL_MS / 2
    await page.mouse.wheel(0, isUp ? -400 : 400)
  }
  return takeGaps(page)
}

/** The list at its end, and lines that come. */
async function followLive({ host, page }: PageBench): Promise<FrameGaps> {
  await page.keyboard.press('f')
  await pause(SETTLE_MS / 3)
  await takeGaps(page)
  await writeLog(host, 'live', LIVE_PER_SECOND, LIVE_SECONDS)
  return takeGaps(page)
}

/** A page that shows nothing, on the machine as it is, with the list in a page behind it. */
async function emptyPage({ browser, page }: PageBench, work: () => Promise<unknown>): Promise<FrameGaps> {
  const empty = await browser.newPage()
  await installProbe(empty)
  await empty.goto(`${PANEL_URL}/favicon.svg`)
  await empty.bringToFront()
  await takeGaps(empty)
  await work()
  const gaps = await takeGaps(empty)
  await empty.close()
  await page.bringToFront()
  return gaps
}

async function writeLog(host: TestHost, ...args: readonly (string | number)[]): Promise<void> {
  const script = `${RELEASE_NODE} /srv/bench-log-writer.ts ${LOG} ${args.join(' ')}`
  await host.run([...AS_RAZROOM, 'bash', '-c', script], { timeoutMs: TIMEOUT_MS })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
