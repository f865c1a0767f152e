import { afterEach, expect, test, vi } from 'vitest'
import type { LogLine } from '../../contract/logs.ts'
import { SetupError } from '../errors.ts'
import { createClient } from './client.ts'
import type { LogFrame } from './stream-logs.ts'
import { startTestPanel, type TestHandlers, type TestPanel, type TestSockets } from './test-panel.ts'

const panels: TestPanel[] = []
afterEach(async () => {
  for (const panel of panels.splice(0)) await panel.close()
})

async function start(sockets: TestSockets, handlers: TestHandlers = {}): Promise<TestPanel> {
  const panel = await startTestPanel(handlers, sockets)
  panels.push(panel)
  return panel
}

const FILE = '0123456789ab'
const line = (number: number | string, text = `line ${number}`): LogLine => ({
  cursor: `${FILE}.${number}`,
  time: '2026-11-23T11:40:00Z',
  stream: 'stdout',
  text,
})
const words = (frame: LogFrame): string[] =>
  frame.type === 'lines' ? frame.lines.map(({ cursor }) => cursor.slice(FILE.length + 1)) : [frame.type]

test('hands over backlog, live lines and gaps in order, until the signal', async () => {
  const panel = await start({
    logs: (_, hello, send) => {
      expect(hello).toEqual({ type: 'hello', ticket: 'control', backlog: 2 })
      send({ type: 'lines', lines: [line('1'), line('2')] })
      send({ type: 'live' })
      send({ type: 'gap', reason: 'the log was rotated' })
      send({ type: 'lines', lines: [line('9')] })
    },
  })
  const seen: string[] = []
  const end = new AbortController()
  await createClient(panel.socketPath).streamLogs({ backlog: 2, signal: end.signal }, (frame) => {
    seen.push(...words(frame))
    if (seen.includes('9')) end.abort()
  })
  expect(seen).toEqual(['1', '2', 'live', 'gap', '9'])
})

test('comes back behind the last line when the socket breaks', async () => {
  const hellos: Array<string | undefined> = []
  const panel = await start({
    logs: (socket, { after }, send) => {
      hellos.push(after)
      if (after === undefined) {
        send({ type: 'lines', lines: [line('1'), line('2')] })
        setTimeout(() => socket.terminate(), 20)
      } else send({ type: 'lines', lines: [line('3')] })
    },
  })
  const seen: string[] = []
  const end = new AbortController()
  await createClient(panel.socketPath).streamLogs({ backlog: 5, signal: end.signal }, (frame) => {
    seen.push(...words(frame))
    if (seen.includes('3')) end.abort()
  })
  expect(hellos).toEqual([undefined, `${FILE}.2`])
  expect(seen).toEqual(['1', '2', '3'])
})

test('does not read on while a frame is being handled', async () => {
  let sent = 0
  let buffered = 0
  const big = 'x'.repeat(8000)
  const panel = await start({
    logs: (socket, _, send) => {
      const pump = setInterval(() => {
        for (let count = 0; count < 20; count += 1) {
          sent += 1
          send({ type: 'lines', lines: [line(sent, big)] })
        }
        buffered = Math.max(buffered, socket.bufferedAmount)
      }, 2)
      socket.on('close', () => clearInterval(pump))
    },
  })
  const end = new AbortController()
  let handled = 0
  await createClient(panel.socketPath).streamLogs({ backlog: 0, signal: end.signal }, async () => {
    handled += 1
    await vi.waitUntil(() => buffered > 1_000_000)
    end.abort()
  })
  // The rest waits in the server, not here: that is where it can be dropped or paused.
  expect(handled).toBe(1)
})

test('a stream that ends at once is explained by a request', async () => {
  const panel = await start(
    { logs: (socket) => socket.close(1011) },
    {
      'GET /api/logs': () => {
        throw new SetupError('SETUP_REQUIRED')
      },
    },
  )
  const stream = createClient(panel.socketPath).streamLogs(
    { backlog: 1, signal: new AbortController().signal },
    () => {},
  )
  await expect(stream).rejects.toMatchObject({ code: 'SETUP_REQUIRED' })
})

test('a stream that keeps ending at once fails in the end', async () => {
  const panel = await start(
    { logs: (socket) => socket.close(1011) },
    { 'GET /api/logs': () => ({ lines: [], hasMore: false }) },
  )
  const signal = new AbortController().signal
  const stream = createClient(panel.socketPath).streamLogs(
    { backlog: 1, signal, longestSilenceMs: 300 },
    () => {},
  )
  await expect(stream).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' })
})

test('too many open sockets is its own problem', async () => {
  const panel = await start({ logs: (socket) => socket.close(4429) })
  const signal = new AbortController().signal
  const stream = createClient(panel.socketPath).streamLogs({ backlog: 1, signal }, () => {})
  await expect(stream).rejects.toMatchObject({ code: 'SERVER_BUSY' })
})
