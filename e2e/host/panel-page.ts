import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { loginLink, PANEL_URL, type PanelHost } from './panel-host.ts'

/** Nothing of the browser's own may talk to the network, and it runs as root in a host without a sandbox. */
const BROWSER_FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** For what a page does by itself or on a click; a busy machine takes its time. Waiting for what is there costs nothing. */
const PATIENCE_MS = 120_000
/**
 * What the browser itself writes when the panel goes away under a page: while it is asked, and when it is asked again. A
 * panel that is stopping answers 503 to who comes back too early (fastify, `return503OnClosing`), and so does a front whose
 * root half has just ended (PANEL_RESTARTING).
 */
export const PANEL_IS_AWAY =
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|SOCKET_NOT_CONNECTED)|WebSocket connection to \S+ failed(?!.*Unexpected response code)|status of 503 .*\/api\/\S+$/

/** A browser in the host's network that keeps what went wrong in its pages. */
export interface PanelBrowser {
  readonly context: BrowserContext
  readonly page: Page
  /** Opens a page that is watched like the first one. */
  newPage(): Promise<Page>
  /** From now on console errors that match are expected; security-policy violations and exceptions never are. */
  expectErrors(pattern: RegExp): void
  /** Violations of the content security policy, exceptions and unexpected console errors of all pages. */
  faults(): readonly string[]
  close(): Promise<void>
}

/**
 * Starts a browser with an empty page; the clipboard of the panel's pages can be read and written.
 * @param options.timezoneId that of this machine unless said
 */
export async function openBrowser(
  panel: PanelHost,
  options: { timezoneId?: string } = {},
): Promise<PanelBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: await panel.host.chromiumPath(),
    args: BROWSER_FLAGS,
    timeout: PATIENCE_MS,
  })
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: PANEL_URL })
  const faults: string[] = []
  // A page learns on its first request that it has no session: the browser calls that answer an error.
  const expected: RegExp[] = [/status of 401 .*\/api\/session$/]
  await context.exposeFunction('reportViolation', (text: string) => faults.push(`CSP: ${text}`))
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(globalThis, 'reportViolation')
      if (typeof report === 'function')
        report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  const newPage = async () => {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error.message}`))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      const text = `${message.text()} ${message.location().url}`
      if (!expected.some((pattern) => pattern.test(text))) faults.push(`console: ${text}`)
    })
    return page
  }
  return {
    context,
    page: await newPage(),
    newPage,
    expectErrors: (pattern) => expected.push(pattern),
    faults: () => faults,
    close: () => browser.close(),
  }
}

/** A browser whose page has logged in through a fresh one-time link. */
export async function loginPage(panel: PanelHost): Promise<PanelBrowser> {
  const browser = await openBrowser(panel)
  const { url } = await loginLink(panel)
  await browser.page.goto(url)
  await browser.page.getByRole('navigation').first().waitFor()
  return browser
}
