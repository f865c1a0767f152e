import { EventEmitter } from 'node:events'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { createFlow } from './flow.ts'

class FakeSocket extends EventEmitter {
  bufferedAmount = 0
  sent = 0
  marks: string[] = []
  unwritten: (() => void)[] = []

  send(frame: string | Uint8Array, onWritten?: () => void): void {
    this.sent += frame.length
    if (onWritten) this.unwritten.push(onWritten)
  }

  ping(mark: string): void {
    this.marks.push(mark)
  }

  /** The client has read up to the last mark. */
  read(mark = this.marks.at(-1)): void {
    this.emit('pong', Buffer.from(mark ?? ''))
  }
}

const FRAME = 'x'.repeat(16_384)

function open() {
  const socket = new FakeSocket()
  const closed = new AbortController()
  const flow = createFlow(socket as unknown as WebSocket, closed.signal)
  const pump = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      await flow.room()
      flow.send(FRAME)
    }
  }
  return { socket, closed, flow, pumping: pump() }
}

test('a client that reads nothing is sent a little, and one that reads as much as it reads', async () => {
  const { socket, closed, pumping } = open()
  await setImmediate()
  expect(socket.sent).toBe(65_536)
  let before = socket.sent
  for (let turn = 0; turn < 20; turn += 1) {
    socket.read()
    await setImmediate()
    expect(socket.sent).toBeGreaterThan(before)
    expect(socket.sent - before).toBeLessThanOrEqual(2 * 262_144)
    before = socket.sent
  }
  closed.abort()
  await pumping
})

test('a client that claims more than it was sent gets no more for it, nor for what it makes up', async () => {
  const { socket, closed, pumping } = open()
  await setImmediate()
  for (const mark of ['', 'at', 'at x', 'at -1', 'at 1e9', '65536', 'at 0']) socket.read(mark)
  await setImmediate()
  expect(socket.sent).toBeLessThanOrEqual(262_144)
  socket.bufferedAmount = 2_000_000
  const before = socket.sent
  for (let turn = 0; turn < 50; turn += 1) {
    socket.read('at 999999999999999')
    await setImmediate()
  }
  expect(socket.sent - before).toBeLessThanOrEqual(FRAME.length)
  // What was held is gone: it goes on by itself.
  socket.bufferedAmount = 0
  await sleep(60)
  expect(socket.sent).toBeGreaterThan(before + FRAME.length)
  closed.abort()
  await pumping
})

test('a close ends the waiting, and nothing is sent after it', async () => {
  const { socket, closed, flow, pumping } = open()
  await setImmediate()
  closed.abort()
  await pumping
  const before = socket.sent
  flow.send('more')
  await flow.room()
  expect(socket.sent).toBe(before)
})

test('nobody is told to go on while the bytes that were sent may still be read, not even by a close', async () => {
  const socket = new FakeSocket()
  const closed = new AbortController()
  const flow = createFlow(socket as unknown as WebSocket, closed.signal)
  let turns = 0
  const next = async (): Promise<void> => {
    flow.send(new Uint8Array(100))
    await flow.room()
    turns += 1
  }
  await next()
  expect(turns).toBe(1)
  for (const act of [() => undefined, () => closed.abort()]) {
    socket.bufferedAmount = 100
    const waiting = next()
    act()
    await sleep(60)
    expect(turns).toBe(1)
    socket.bufferedAmount = 0
    for (const onWritten of socket.unwritten.splice(0)) onWritten()
    await waiting
    turns = 1
  }
})
