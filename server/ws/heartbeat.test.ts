import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { createHeartbeat, type Heartbeat } from './heartbeat.ts'

class FakeSocket extends EventEmitter {
  bufferedAmount = 0
  pings = 0
  isOver = false

  ping(): void {
    this.pings += 1
  }

  terminate(): void {
    this.isOver = true
    this.emit('close')
  }
}

let heartbeat: Heartbeat
const watch = (): FakeSocket => {
  const socket = new FakeSocket()
  heartbeat.watch(socket as unknown as WebSocket)
  return socket
}

beforeEach(() => {
  vi.useFakeTimers()
  heartbeat = createHeartbeat(1_000)
})
afterEach(() => {
  heartbeat.stop()
  vi.useRealTimers()
})

test('who answers stays, who does not is cut off after three pings', () => {
  const [living, dead] = [watch(), watch()]
  living.on('ping', () => undefined)
  for (let second = 0; second < 3; second += 1) {
    vi.advanceTimersByTime(1_000)
    living.emit('pong', Buffer.from(''))
    expect(dead.isOver).toBe(false)
  }
  vi.advanceTimersByTime(1_000)
  expect([living.isOver, dead.isOver]).toEqual([false, true])
  vi.advanceTimersByTime(10_000)
  expect(dead.pings).toBe(3)
})

test('what it says is a sign of life, too', () => {
  const talker = watch()
  for (let second = 0; second < 10; second += 1) {
    vi.advanceTimersByTime(1_000)
    talker.emit('message', Buffer.from('{}'))
  }
  expect(talker.isOver).toBe(false)
})

test('who pings and reads no answer is cut off', () => {
  const flood = watch()
  flood.emit('ping', Buffer.from(''))
  expect(flood.isOver).toBe(false)
  flood.bufferedAmount = 1_048_577
  flood.emit('ping', Buffer.from(''))
  expect(flood.isOver).toBe(true)
})
