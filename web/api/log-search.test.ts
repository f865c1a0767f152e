import { beforeEach, expect, test, vi } from 'vitest'
import type { LogQuery, LogSearchFrame } from '../../contract/logs.ts'
import type { Problem } from '../../contract/schemas.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { type LogSearchWorld, startLogSearch } from './log-search.ts'

class FakeSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly sent: string[] = []
  closed: number | null = null

  send(text: string): void {
    this.sent.push(text)
  }

  close(code: number): void {
    this.closed = code
  }
}

const query: LogQuery = { text: 'x', kind: 'plain', limit: 10, context: 0 }
let socket: FakeSocket
let frames: LogSearchFrame[]
let problems: Problem[]
const checkSession = vi.fn(async () => {})
const getTicket = vi.fn(async () => 'ticket')
const settle = () => new Promise((resolve) => setTimeout(resolve))

async function start(): Promise<() => void> {
  const world: LogSearchWorld = { getTicket, checkSession, connect: () => socket as unknown as WebSocket }
  const options = {
    onFrame: (frame: LogSearchFrame) => frames.push(frame),
    onFailure: (problem: Problem) => problems.push(problem),
  }
  const cancel = startLogSearch(query, options, world)
  await settle()
  return cancel
}
const tell = (frame: LogSearchFrame) => socket.onmessage?.({ data: JSON.stringify(frame) })
const hits: LogSearchFrame = { type: 'hits', hits: [], searchedBytes: 1, totalBytes: 2 }

beforeEach(() => {
  socket = new FakeSocket()
  frames = []
  problems = []
  checkSession.mockClear()
  getTicket.mockReset().mockResolvedValue('ticket')
})

test('it says what it looks for, and hands frames on until the end', async () => {
  await start()
  socket.onopen?.()
  expect(socket.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'hello', ticket: 'ticket', query }])
  tell(hits)
  tell({ type: 'end', reason: 'whole' })
  socket.onclose?.({ code: 1000, reason: '' })
  await settle()
  expect(frames.map(({ type }) => type)).toEqual(['hits', 'end'])
  expect(problems).toEqual([])
})

test('cancelled it closes its socket, and nothing more comes', async () => {
  const cancel = await start()
  cancel()
  tell(hits)
  socket.onclose?.({ code: 1005, reason: '' })
  await settle()
  expect([socket.closed, frames.length, problems.length]).toEqual([1000, 0, 0])
})

test('a refusal has the words of its code', async () => {
  await start()
  socket.onclose?.({ code: CLOSE_CODES.refused, reason: 'LOG_PATTERN_INVALID' })
  await settle()
  expect(problems).toMatchObject([{ code: 'LOG_PATTERN_INVALID', title: 'This is no regular expression' }])
})

test('a connection that breaks is told; after a logout the session is looked at', async () => {
  await start()
  socket.onclose?.({ code: CLOSE_CODES.sessionEnded, reason: '' })
  await settle()
  expect(checkSession).toHaveBeenCalledOnce()
  expect(problems).toMatchObject([{ title: 'The search was interrupted' }])
})

test('without a ticket it fails', async () => {
  getTicket.mockRejectedValue(new TypeError('away'))
  await start()
  expect(problems).toHaveLength(1)
})
