import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { HostProcess } from '../host/host.ts'
import { invokeTool, loginLink, PANEL_URL, readStatus } from '../host/panel-host.ts'
import { openBrowser, type PanelBrowser } from '../host/panel-page.ts'
import { RELEASE_NODE } from '../host/panel-release.ts'
import type { AttackHost } from './attack-host.ts'
import { ROUTES, SOCKETS } from './routes.ts'
import { keepScore } from './scoreboard.ts'

const EVIL_PORT = 18799
const EVIL_SERVER = `require('node:http').createServer((request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><title>evil</title><body>')
}).listen(${EVIL_PORT}, '127.0.0.1', () => console.log('ready'))`

/** What a page of another origin can do to an address without being asked; each says whether it got anything. */
interface Attempt {
  readonly name: string
  readonly got: string
}

interface Targets {
  readonly targets: readonly { url: string; method: string }[]
  readonly sockets: readonly string[]
}

/** Runs in the page of the attacker: nothing from outside of it is in reach. */
async function attackFromPage({ targets, sockets }: Targets): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  const settle = (name: string, work: Promise<string>) =>
    work.catch(() => '').then((got) => void attempts.push({ name, got }))
  const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded']
  const fetches = targets.flatMap(({ url, method }) =>
    (['cors', 'no-cors'] as const).flatMap((mode) =>
      (method === 'GET' ? [null] : types).map((type) => {
        const init: RequestInit = {
          method: mode === 'no-cors' && method !== 'GET' ? 'POST' : method,
          mode,
          credentials: 'include',
          ...(type === null ? {} : { body: '{}', headers: { 'content-type': type } }),
        }
        return settle(
          `fetch ${method} ${url} ${mode} ${type}`,
          fetch(url, init).then((response) => response.text()),
        )
      }),
    ),
  )
  const opened = sockets.map((url) =>
    settle(
      `socket ${url}`,
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url)
        socket.onopen = () => resolve('open')
        socket.onerror = () => reject(new Error('refused'))
      }),
    ),
  )
  const framed = settle(
    'frame',
    new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.onload = () => {
        try {
          resolve(frame.contentDocument?.body.textContent ?? '')
        } catch {
          // Another origin: the browser keeps the document from this page.
          resolve('')
        }
      }
      frame.src = targets[0]?.url ?? ''
      document.body.append(frame)
    }),
  )
  await Promise.all([...fetches, ...opened, framed])
  for (const { url, method } of targets.filter((target) => target.method !== 'GET')) {
    navigator.sendBeacon(url, new Blob(['{}'], { type: 'text/plain' }))
    const form = document.createElement('form')
    const frame = document.createElement('iframe')
    frame.name = `f${attempts.length}`
    form.action = url
    form.method = 'post'
    form.target = frame.name
    form.enctype = 'text/plain'
    document.body.append(frame, form)
    form.submit()
    attempts.push({ name: `beacon and form ${method} ${url}`, got: '' })
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  return attempts
}

export function describeOtherPage(attack: () => AttackHost): void {
  describe('a page on another port of this machine, in the browser of an admin who is logged in', () => {
    it.each(['127.0.0.1', 'localhost'])('reads nothing and changes nothing, as %s', async (name) => {
      const { panel } = attack()
      const server = await startEvilServer(attack())
      const browser = await openBrowser(panel)
      try {
        await browser.page.goto((await loginLink(panel)).url)
        await browser.page.getByRole('navigation').first().waitFor()
        // Nobody who looks at the screen or at the history finds the code.
        expect(browser.page.url()).toBe(`${PANEL_URL}/`)
        const before = await readOperations(browser)
        const evil = await browser.context.newPage()
        await evil.goto(`http://${name}:${EVIL_PORT}/`)
        const targets = ROUTES.filter(({ path }) => path !== '/healthz').map(({ path, method }) => ({
          url: `${PANEL_URL}${path}`,
          method,
        }))
        const sockets = SOCKETS.map((path) => `${PANEL_URL.replace('http', 'ws')}${path}`)
        const attempts = await evil.evaluate(attackFromPage, { targets, sockets })
        const through = attempts.filter(({ got }) => got !== '')
        keepScore(`page on ${name}:${EVIL_PORT}`, attempts.length, attempts.length - through.length)
        expect(through).toEqual([])
        // Still logged in, nothing has run, the gateway is up.
        expect(await readOperations(browser)).toEqual(before)
        expect((await readStatus(panel)).gateway.state).toBe('running')
        expect(await invokeTool(panel.host, null)).toBe(401)
      } finally {
        await browser.close()
        // The next one listens on the same port.
        const ended = once(server, 'close')
        server.kill()
        await ended
      }
    })
  })
}

/** The operations that the panel knows, asked for in its own page: by that the session is seen to hold, too. */
async function readOperations({ page }: PanelBrowser): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const answer = await fetch('/api/operations')
    return { status: answer.status, operations: (await answer.json()) as { id: string }[] }
  })
  expect(found.status).toBe(200)
  return found.operations.map(({ id }) => id)
}

async function startEvilServer({ panel }: AttackHost): Promise<HostProcess> {
  const server = await panel.host.spawn([RELEASE_NODE, '--eval', EVIL_SERVER], { user: 'nobody' })
  await once(server.stdout, 'data')
  return server
}
