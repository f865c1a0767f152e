/**
 * Runs inside a host, as root: several pages of the panel at once. Takes orders as lines of JSON on stdin; prints what
 * comes of each, and every frame of the sockets, as lines of JSON. Times are of this process, in ms.
 * Imports nothing but Node, for nothing else of the tests is in the host.
 */
import { request } from 'node:http'
import { createInterface } from 'node:readline'

const PANEL = { host: '127.0.0.1', port: 18780 } as const
const LIMIT_MS = 60_000

export type Order =
  | {
      readonly id: number
      readonly what: 'request'
      readonly method: string
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
    }
  | { readonly id: number; readonly what: 'open'; readonly cookie: string; readonly hello: object }
  | { readonly id: number; readonly what: 'close'; readonly socket: number }

export type Report =
  | {
      readonly id: number
      readonly what: 'answer'
      readonly status: number
      readonly body: string
      readonly setCookie: string
      readonly sentAt: number
      readonly at: number
    }
  | { readonly id: number; readonly what: 'opened' }
  | { readonly id: number; readonly what: 'frame'; readonly text: string; readonly at: number }
  | { readonly id: number; readonly what: 'closed'; readonly code: number; readonly at: number }

const sockets = new Map<number, WebSocket>()
const say = (report: Report): void => void process.stdout.write(`${JSON.stringify(report)}\n`)

function ask({ id, method, path, headers, body }: Extract<Order, { what: 'request' }>): void {
  const sentAt = performance.now()
  let text = ''
  let status = 0
  let setCookie = ''
  const finish = (): void => {
    say({ id, what: 'answer', status, body: text, setCookie, sentAt, at: performance.now() })
  }
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
  const asked = request({
    ...PANEL,
    method,
    path,
    timeout: LIMIT_MS,
    headers: { ...headers, ...length, Connection: 'close' },
  })
  asked.on('response', (response) => {
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('close', () => {
      if (response.complete) status = response.statusCode ?? 0
      setCookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
      finish()
    })
  })
  asked.on('timeout', () => asked.destroy())
  asked.on('error', () => {
    if (text === '') finish()
  })
  asked.end(body)
}

function open({ id, cookie, hello }: Extract<Order, { what: 'open' }>): void {
  const origin = `http://${PANEL.host}:${PANEL.port}`
  // The types of lib.dom know protocols only; Node's own takes headers as well (undici, WebSocketInit).
  const options: object = { headers: { Cookie: cookie, Origin: origin } }
  const socket = new WebSocket(`ws://${PANEL.host}:${PANEL.port}/api/events`, options as string[])
  sockets.set(id, socket)
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify(hello))
    say({ id, what: 'opened' })
  })
  socket.addEventListener('message', ({ data }) => {
    say({ id, what: 'frame', text: String(data), at: performance.now() })
  })
  socket.addEventListener('close', ({ code }) => {
    sockets.delete(id)
    say({ id, what: 'closed', code, at: performance.now() })
  })
}

// The sockets that are still open go with it.
const orders = createInterface({ input: process.stdin }).on('close', () => process.exit(0))
orders.on('line', (line) => {
  const order = JSON.parse(line) as Order
  if (order.what === 'request') ask(order)
  else if (order.what === 'open') open(order)
  else sockets.get(order.socket)?.close()
})
