import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TerminalFrame } from '../../contract/terminal.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { openTerminalLink, type TerminalLinkState } from './terminal.ts'

class FakeSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly readyState = 1
  readonly sent: unknown[] = []

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    this.onclose?.({ code: 1000, reason: '' })
  }
}

let sockets: FakeSocket[] = []
let states: TerminalLinkState[] = []
let frames: TerminalFrame[] = []
let resume: string | undefined
const confirm = vi.fn(async () => true)
const settle = () => vi.advanceTimersByTimeAsync(0)
const last = (): FakeSocket => {
  const socket = sockets.at(-1)
  if (!socket) throw new Error('no socket was opened')
  return socket
}
const give = (frame: TerminalFrame) => last().onmessage?.({ data: JSON.stringify(frame) })
const started = {
  type: 'started',
  command: 'onboard',
  resume: 'key',
  startedAt: '2026-11-27T10:00:00Z',
  place: 'gateway',
  isResumed: false,
} as const

async function open() {
  const link = openTerminalLink(
    {
      command: 'onboard',
      size: () => ({ cols: 80, rows: 24 }),
      resume: () => resume,
      onFrame: (frame) => frames.push(frame),
      onState: (state) => states.push(state),
    },
    {
      confirm,
      getTicket: async () => 'ticket',
      checkSession: async () => {},
      connect: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket as unknown as WebSocket
      },
    },
  )
  await settle()
  return link
}

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  states = []
  frames = []
  resume = undefined
  confirm.mockResolvedValue(true)
})
afterEach(() => void vi.useRealTimers())

test('nothing is connected until it is confirmed', async () => {
  confirm.mockResolvedValue(false)
  await open()
  expect(sockets).toEqual([])
  expect(states.at(-1)).toEqual({ kind: 'closed', reason: 'declined' })
})

test('a lost connection is taken up again with the key, and no longer than the panel waits', async () => {
  await open()
  last().onopen?.()
  expect(last().sent).toEqual([{ type: 'hello', ticket: 'ticket', command: 'onboard', cols: 80, rows: 24 }])
  give(started)
  resume = 'key'
  last().onclose?.({ code: 1006, reason: '' })
  await settle()
  expect(states.at(-1)).toEqual({ kind: 'waiting' })
  await vi.advanceTimersByTimeAsync(1_000)
  last().onopen?.()
  expect(last().sent).toEqual([expect.objectContaining({ resume: 'key' })])
  for (let second = 0; second < 70 && states.at(-1)?.kind !== 'closed'; second += 1) {
    last().onclose?.({ code: 1006, reason: '' })
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(states.at(-1)).toEqual({ kind: 'closed', reason: 'late' })
})

test.each([
  [CLOSE_CODES.takenOver, 'words', 'takenOver'],
  [CLOSE_CODES.refused, 'SETUP_REQUIRED', 'SETUP_REQUIRED'],
  [CLOSE_CODES.badFrame, 'words', 'INTERNAL'],
])('a close with %i (%s) is for good', async (code, words, reason) => {
  await open()
  last().onopen?.()
  last().onclose?.({ code, reason: words })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(states.at(-1)).toEqual({ kind: 'closed', reason })
  expect(sockets).toHaveLength(1)
})

test('after the end of the program nothing is tried again', async () => {
  await open()
  last().onopen?.()
  give(started)
  give({ type: 'exit', reason: 'ended', code: 0 })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(frames.map(({ type }) => type)).toEqual(['started', 'exit'])
  expect(sockets).toHaveLength(1)
})
