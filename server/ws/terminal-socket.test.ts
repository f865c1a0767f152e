import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { CLOSE_CODES } from '../../contract/events.ts'
import type { TerminalClient, TerminalDesk, TerminalSeat } from '../operations/terminal-desk.ts'
import type { PanelDeps } from '../routes/deps.ts'
import { SESSION_ENDED } from './bind-sockets.ts'
import { terminalSocket } from './terminal-socket.ts'

const HELLO = { type: 'hello', ticket: 't', command: 'onboard', cols: 80, rows: 24 } as const

class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly closes: number[] = []
  readonly sent: unknown[] = []

  close(code: number): void {
    this.closes.push(code)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  say(text: string, isBinary = false): void {
    this.emit('message', Buffer.from(text), isBinary)
  }
}

/** A desk that notes what is asked of the seat it gives. */
function makeDesk() {
  const calls: unknown[][] = []
  const note =
    (name: string) =>
    (...given: unknown[]) =>
      void calls.push([name, ...given])
  const names = ['input', 'resize', 'drawn', 'end', 'takeOver', 'leave'] as const
  const seat = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as TerminalSeat
  const clients: TerminalClient[] = []
  const { promise: isReady, resolve: ready } = Promise.withResolvers<void>()
  const desk: TerminalDesk = {
    async attach(hello, client) {
      calls.push(['attach', hello])
      clients.push(client)
      await isReady
      return seat
    },
    state: () => ({ isBusy: false }),
    close: async () => {},
  }
  return { desk, calls, clients, ready }
}

async function open() {
  const { desk, calls, clients, ready } = makeDesk()
  const socket = new FakeSocket()
  const closed = new AbortController()
  const route = terminalSocket({ terminal: desk } as PanelDeps)
  const served = route.serve(socket as unknown as WebSocket, HELLO, closed.signal)
  return { socket, calls, clients, ready, closed, served }
}

test('hands each message to the seat, once there is one', async () => {
  const { socket, calls, ready, served } = await open()
  socket.say('{"type":"input","data":"too early"}')
  ready()
  await served
  for (const text of [
    '{"type":"input","data":"y"}',
    '{"type":"resize","cols":90,"rows":20}',
    '{"type":"drawn","bytes":7}',
    '{"type":"takeOver"}',
    '{"type":"end"}',
  ])
    socket.say(text)
  expect(calls).toEqual([
    ['attach', { command: 'onboard', cols: 80, rows: 24 }],
    ['input', 'y'],
    ['resize', { type: 'resize', cols: 90, rows: 20 }],
    ['drawn', 7],
    ['takeOver'],
    ['end'],
  ])
  expect(socket.closes).toEqual([])
})

test.each([
  ['not JSON', 'x'],
  ['an unknown type', '{"type":"exec","argv":["sh"]}'],
  ['an unknown key', '{"type":"end","argv":["sh"]}'],
  ['too much at once', JSON.stringify({ type: 'input', data: 'x'.repeat(2_049) })],
  ['no size', '{"type":"resize","cols":1e9,"rows":5}'],
  ['a size that is none', '{"type":"resize","cols":-1,"rows":5}'],
])('is closed for %s', async (_what, text) => {
  const { socket, calls, ready, served } = await open()
  ready()
  await served
  socket.say(text)
  expect(socket.closes).toEqual([CLOSE_CODES.badFrame])
  expect(calls).toHaveLength(1)
})

test('is closed for bytes', async () => {
  const { socket, ready, served } = await open()
  ready()
  await served
  socket.say('{"type":"end"}', true)
  expect(socket.closes).toEqual([CLOSE_CODES.badFrame])
})

test.each([
  [undefined, false],
  [SESSION_ENDED, true],
])('after an end because of %s it leaves, for good: %s', async (reason, isForGood) => {
  const { calls, ready, closed, served } = await open()
  ready()
  await served
  closed.abort(reason)
  expect(calls.at(-1)).toEqual(['leave', isForGood])
})

test('what is typed after the session has ended goes nowhere, however long the client stays', async () => {
  const { socket, calls, ready, closed, served } = await open()
  ready()
  await served
  closed.abort(SESSION_ENDED)
  socket.say('{"type":"input","data":"y"}')
  socket.say('{"type":"takeOver"}')
  expect(calls.at(-1)).toEqual(['leave', true])
})

test('leaves also when the connection was gone before the program had started', async () => {
  const { calls, ready, closed, served } = await open()
  closed.abort()
  ready()
  await served
  expect(calls.at(-1)).toEqual(['leave', false])
})

test('a client that takes nothing is closed, one that is gone is spared', async () => {
  const { socket, clients, ready, served } = await open()
  ready()
  await served
  const frame = { type: 'output', data: '' } as const
  socket.readyState = 3
  clients[0]?.send(frame)
  expect(socket.sent).toEqual([])
  socket.readyState = 1
  socket.bufferedAmount = 3_000_000
  clients[0]?.send(frame)
  expect(socket.closes).toEqual([CLOSE_CODES.tooSlow])
})
