import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { PanelEvent } from '../../contract/events.ts'
import { createEventBus } from '../events.ts'
import type { PanelDeps } from '../routes/deps.ts'
import { eventsSocket } from './events-socket.ts'

class FakeSocket extends EventEmitter {
  bufferedAmount = 0
  readonly got: PanelEvent[] = []
  #mark = ''

  send(text: string): void {
    this.got.push(JSON.parse(text) as PanelEvent)
  }

  ping(mark: string): void {
    this.#mark = mark
  }

  read(): void {
    this.emit('pong', Buffer.from(this.#mark))
  }
}

function open(since?: string) {
  const bus = createEventBus()
  const monitor = { read: async () => ({}), attend: () => () => undefined }
  const deps = { bus, runner: { list: () => [] }, monitor } as unknown as PanelDeps
  const route = eventsSocket(deps)
  const closed = new AbortController()
  const connect = (from = since) => {
    const socket = new FakeSocket()
    const hello = { type: 'hello', ticket: 't', ...(from === undefined ? {} : { since: from }) } as const
    const served = route.serve(socket as unknown as WebSocket, hello, closed.signal)
    return { socket, served }
  }
  const say = (text = 'x') =>
    bus.publish({
      type: 'operation.output',
      operationId: 'o',
      lines: [{ stepId: 's', stream: 'stdout', text }],
    })
  return { bus, connect, say, closed }
}

test('a snapshot first, then each event once, in order', async () => {
  const { connect, say, closed } = open()
  say()
  const { socket, served } = connect()
  await setImmediate()
  const ids = [say().id, say().id]
  await setImmediate()
  ids.push(say().id)
  await setImmediate()
  expect(socket.got.map(({ type }) => type)).toEqual(['snapshot', ...Array(3).fill('operation.output')])
  expect(socket.got.slice(1).map(({ id }) => id)).toEqual(ids)
  closed.abort()
  await served
})

test('who returns gets what it missed and no snapshot', async () => {
  const { connect, say, closed } = open()
  const seen = say().id
  const missed = [say().id, say().id]
  const { socket, served } = connect(seen)
  await setImmediate()
  expect(socket.got.map(({ id }) => id)).toEqual(missed)
  closed.abort()
  await served
})

test('for who reads nothing nothing piles up, and it is taken up by a snapshot', async () => {
  const { connect, say, closed, bus } = open()
  const { socket, served } = connect()
  await setImmediate()
  for (let count = 0; count < 5_000; count += 1) {
    say('y'.repeat(1_000))
    if (count % 100 === 0) await setImmediate()
  }
  expect(socket.got.length).toBeLessThan(100)
  for (let turn = 0; turn < 50; turn += 1) {
    socket.read()
    await setImmediate()
  }
  expect(socket.got.filter(({ type }) => type === 'snapshot')).toHaveLength(2)
  expect(socket.got.at(-1)?.id).toBe(bus.lastId())
  closed.abort()
  await served
})
