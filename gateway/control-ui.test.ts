import { webcrypto } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Window } from 'happy-dom'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { controlUiHtml } from './control-ui-page.ts'
import { controlUiScript } from './control-ui-script.ts'
import {
  LOCAL_CONFIG,
  makeTestHome,
  runProgram,
  startGateway,
  startProgram,
  type TestGateway,
  type TestHome,
  TOKEN,
} from './test-gateway.ts'

// The page's own program against the real gateway; only the browser around it is a model.

let home: TestHome
let gateway: TestGateway
let page: Window
beforeEach(async () => {
  home = makeTestHome(LOCAL_CONFIG)
  gateway = await startGateway(home)
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.onclose = null
    socket.terminate()
  }
  await page.happyDOM.close()
  await gateway.end()
  home.remove()
})

const sockets: WebSocket[] = []

/** Opens the page as a browser would; `asRemote` makes its sockets come from elsewhere. */
function openPage(address: string, asRemote = false): void {
  page = new Window({ url: gateway.url + address })
  page.document.write(controlUiHtml.replace(/<script>[\s\S]*<\/script>/, ''))
  class PageSocket extends WebSocket {
    constructor(url: string) {
      const headers = asRemote ? { 'X-Forwarded-For': '10.0.2.100' } : {}
      super(url, { headers: { Origin: gateway.url, ...headers } })
      // A browser tells of a failed connection by `close` alone; ws would throw.
      this.on('error', () => undefined)
      sockets.push(this)
    }
  }
  const globals = {
    window: page,
    document: page.document,
    location: page.location,
    history: page.history,
    localStorage: page.localStorage,
    navigator: page.navigator,
    setTimeout: page.setTimeout.bind(page),
    setInterval: page.setInterval.bind(page),
    clearTimeout: page.clearTimeout.bind(page),
    clearInterval: page.clearInterval.bind(page),
    WebSocket: PageSocket,
    crypto: webcrypto,
  }
  new Function(...Object.keys(globals), controlUiScript)(...Object.values(globals))
}

const shown = (id: string) => page.document.getElementById(id)?.textContent ?? ''

async function shows(id: string, text: string): Promise<void> {
  const deadline = Date.now() + 8_000
  while (!shown(id).includes(text)) {
    if (Date.now() > deadline)
      throw new Error(`#${id} shows "${shown(id)}" (${shown('detail')}), not "${text}"`)
    await sleep(10)
  }
}

describe('the Control UI', () => {
  test('takes the token from the fragment, strips it and connects', async () => {
    openPage(`/#token=${encodeURIComponent(TOKEN)}`)
    expect(page.location.href).toBe(`${gateway.url}/`)
    await shows('state', 'Connected')
    expect(shown('version')).toBe('2026.2.17-bundled')
    expect(shown('source')).toBe('razroom.json')
    expect(shown('bind')).toBe(`loopback, port ${gateway.port}`)
    expect(shown('uptime')).toMatch(/^\d+ s, since /)
  })

  test('takes it from the query as well and keeps the rest of the address', async () => {
    openPage(`/chat?a=1&token=${TOKEN}&b=2#x=3`)
    expect(page.location.href).toBe(`${gateway.url}/chat?a=1&b=2#x=3`)
    await shows('state', 'Connected')
  })

  test.each(['a+b%/ä&#c', '%E0%A4%A', '<img src=x>'])('keeps the token %j whole', (token) => {
    openPage(`/#token=${encodeURIComponent(token)}`)
    expect(page.localStorage.getItem('razroom.bundled.token')).toBe(token)
  })

  test('asks for the token when there is none, and connects with what is typed', async () => {
    openPage('/')
    await shows('state', 'Token needed')
    const input = page.document.getElementById('token') as unknown as { value: string }
    input.value = TOKEN
    page.document.getElementById('form')?.dispatchEvent(new page.Event('submit', { cancelable: true }))
    await shows('state', 'Connected')
    expect(input.value).toBe('')
  })

  test('says what is wrong with a wrong token and offers the form', async () => {
    openPage('/#token=wrong')
    await shows('detail', 'unauthorized: gateway token mismatch')
    expect(page.document.getElementById('form')?.hasAttribute('hidden')).toBe(false)
  })

  test('waits for the approval of a new browser and then connects by itself', async () => {
    openPage(`/#token=${TOKEN}`, true)
    await shows('detail', 'pairing required')
    const command = /^cd \/ && sudo -u razroom podman exec razroom node dist\/index\.js (.*)$/m
    const words = command.exec(shown('detail'))?.[1]?.split(' ') ?? []
    expect(words.slice(0, 2)).toEqual(['devices', 'approve'])
    // The page asks again every two seconds: what is being copied must outlive that.
    const copied = page.document.getElementById('detail')?.firstChild
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(page.document.getElementById('detail')?.firstChild).toBe(copied)
    const { code } = await runProgram(home, words, {
      RAZROOM_GATEWAY_PORT: String(gateway.port),
    })
    expect(code).toBe(0)
    await shows('state', 'Connected')
  })

  test('comes back by itself after a restart of the gateway', async () => {
    openPage(`/#token=${TOKEN}`)
    await shows('state', 'Connected')
    await gateway.end('SIGTERM')
    await shows('state', 'Not connected')
    const { port } = gateway
    const next = startProgram(home, ['gateway', '--port', String(port)])
    gateway = { ...next, port, url: gateway.url }
    await shows('state', 'Connected')
  })
})
