import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CLOSE_CODES } from './close-codes.ts'
import { ApiProblem } from './problem.ts'
import { openSocket, retryDelayMs, type SocketState, type SocketWorld } from './socket.ts'

class FakeSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: unknown[] = []
  isClosed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    this.isClosed = true
    this.onclose?.({ code: 1000 })
  }
}

let sockets: FakeSocket[] = []
let states: SocketState[] = []
let frames: unknown[] = []
const checkSession = vi.fn(async () => {})
const getTicket = vi.fn(async () => 'ticket')

function open() {
  const world: SocketWorld = {
    getTicket,
    checkSession,
    random: () => 0.5,
    connect: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
  }
  return openSocket(
    {
      path: '/api/events',
      hello: (ticket) => ({ type: 'hello', ticket, since: frames.length }),
      onFrame: (frame) => frames.push(frame),
      onState: (state) => states.push(state),
    },
    world,
  )
}

const last = (): FakeSocket => {
  const socket = sockets.at(-1)
  if (!socket) throw new Error('no socket was opened')
  return socket
}
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  states = []
  frames = []
  getTicket.mockReset().mockResolvedValue('ticket')
  checkSession.mockReset().mockResolvedValue()
})
afterEach(() => vi.useRealTimers())

test('the first frame is a hello with the ticket, and frames come through', async () => {
  const socket = open()
  await settle()
  last().onopen?.()
  expect(last().sent).toEqual([{ type: 'hello', ticket: 'ticket', since: 0 }])
  last().onmessage?.({ data: '{"type":"live"}' })
  expect(frames).toEqual([{ type: 'live' }])
  expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'open'])
  socket.close()
})

test('a stream that has nothing to say counts as open after a second', async () => {
  const socket = open()
  await settle()
  last().onopen?.()
  await vi.advanceTimersByTimeAsync(999)
  expect(states.at(-1)?.kind).toBe('connecting')
  await vi.advanceTimersByTimeAsync(1)
  expect(states.at(-1)?.kind).toBe('open')
  socket.close()
})

test('a lost connection is tried again with a new ticket, each time later, and says where to resume', async () => {
  const socket = open()
  await settle()
  last().onopen?.()
  last().onmessage?.({ data: '1' })
  last().onclose?.({ code: 1006 })
  await settle()
  expect(states.at(-1)).toMatchObject({ kind: 'waiting', reason: 'lost' })
  await vi.advanceTimersByTimeAsync(500)
  expect(sockets).toHaveLength(2)
  last().onopen?.()
  expect(last().sent).toEqual([{ type: 'hello', ticket: 'ticket', since: 1 }])
  last().onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(999)
  expect(sockets).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(sockets).toHaveLength(3)
  expect(getTicket).toHaveBeenCalledTimes(3)
  socket.close()
})

test('after a long connection the wait is short again', async () => {
  const socket = open()
  for (const wait of [500, 1_000]) {
    await settle()
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(wait)
  }
  last().onopen?.()
  await vi.advanceTimersByTimeAsync(6_000)
  const count = sockets.length
  last().onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(500)
  expect(sockets).toHaveLength(count + 1)
  socket.close()
})

test.each([CLOSE_CODES.sessionEnded, CLOSE_CODES.ticketInvalid])(
  'code %i asks for the session first',
  async (code) => {
    const socket = open()
    await settle()
    last().onclose?.({ code })
    await settle()
    expect(checkSession).toHaveBeenCalledOnce()
    expect(states.at(-1)?.kind).toBe('waiting')
    socket.close()
  },
)

test('an ended session closes the socket for good', async () => {
  const socket = open()
  await settle()
  checkSession.mockImplementation(async () => socket.close())
  last().onclose?.({ code: CLOSE_CODES.sessionEnded })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sockets).toHaveLength(1)
  expect(states.at(-1)?.kind).toBe('connecting')
})

test('no ticket without a session: it is not tried again', async () => {
  getTicket.mockRejectedValue(
    new ApiProblem({ type: '', title: '', status: 401, code: 'AUTH_REQUIRED', hint: '' }),
  )
  const socket = open()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(getTicket).toHaveBeenCalledOnce()
  socket.close()
})

test('no ticket because the panel is away: it is tried again', async () => {
  getTicket.mockRejectedValueOnce(new Error('away'))
  const socket = open()
  await vi.advanceTimersByTimeAsync(500)
  expect(sockets).toHaveLength(1)
  socket.close()
})

test('the reasons of the panel for closing are told apart', async () => {
  const socket = open()
  await settle()
  last().onclose?.({ code: CLOSE_CODES.tooMany })
  await settle()
  expect(states.at(-1)).toMatchObject({ kind: 'waiting', reason: 'tooMany' })
  socket.retry()
  await settle()
  last().onclose?.({ code: CLOSE_CODES.refused })
  await settle()
  expect(states.at(-1)).toMatchObject({ kind: 'waiting', reason: 'refused' })
  socket.close()
})

test('retry does not wait, and leaves a connection alone', async () => {
  const socket = open()
  await settle()
  last().onclose?.({ code: 1006 })
  await settle()
  socket.retry()
  await settle()
  expect(sockets).toHaveLength(2)
  socket.retry()
  await settle()
  expect(sockets).toHaveLength(2)
  socket.close()
  expect(last().isClosed).toBe(true)
})

test('nothing comes through after close', async () => {
  const socket = open()
  await settle()
  last().onopen?.()
  socket.close()
  last().onmessage?.({ data: '1' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(frames).toEqual([])
  expect(sockets).toHaveLength(1)
})

test('the wait doubles, is capped, and is spread by a quarter each way', () => {
  expect([0, 1, 2, 3, 9].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([500, 1000, 2000, 4000, 15000])
  expect(retryDelayMs(1_000_000, 0)).toBe(11_250)
  expect(retryDelayMs(1_000_000, 1)).toBe(18_750)
})
