/**
 * Runs inside a host, as root: follows the log with clients that stop reading and one that reads on, and watches the
 * memory of the panel meanwhile. Takes its orders as the first line of stdin, says `ready`, and reports when stdin ends.
 */
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { countOpenFiles, findPanelProcesses, readPanelBytes } from './release-processes.ts'
import { openSocket, type StreamSession, takeTicket, textFrame } from './stream-socket.ts'

const SAMPLE_MS = 50
/** The healthy client may take so long to see the last line. */
const LAST_LINE_MS = 20_000
const SETTLE_MS = 5_000

export interface StreamOrders {
  readonly session: StreamSession
  /** Clients that stop reading. */
  readonly paused: number
  readonly logFile: string
  /** In the last line that the flood writes. */
  readonly lastLine: string
}

export interface StreamReport {
  readonly bytesBefore: number
  readonly bytesPeak: number
  /** Milliseconds from the writing of a line `mark TIME` until the healthy client had it. */
  readonly lagMax: number
  readonly marks: number
  readonly lines: number
  readonly sawLast: boolean
  /** What the stream says of lines that it left out. */
  readonly gaps: readonly string[]
  readonly longestBytes: number
  readonly cut: number
  readonly faults: readonly string[]
  /** Processes of the panel that came and stayed. */
  readonly strays: readonly string[]
  /** How often they still have the log open. */
  readonly openLogs: number
}

interface Frame {
  readonly type: string
  readonly reason?: string
  readonly lines?: readonly (readonly [string, string, string, string, number?])[]
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse(String((await input.next()).value)) as StreamOrders
const bytesBefore = readPanelBytes()
const before = findPanelProcesses()
let bytesPeak = 0
const sampler = setInterval(() => {
  bytesPeak = Math.max(bytesPeak, readPanelBytes())
}, SAMPLE_MS)

const seen = { lagMax: 0, marks: 0, lines: 0, sawLast: false, longestBytes: 0, cut: 0, isLive: false }
const gaps: string[] = []
const faults: string[] = []

function take(text: string): void {
  const now = Date.now()
  const frame = JSON.parse(text) as Frame
  if (frame.type === 'live') seen.isLive = true
  if (frame.type === 'gap') gaps.push(frame.reason ?? '')
  for (const [, , , line, isCut] of frame.lines ?? []) {
    seen.lines += 1
    if (isCut === 1) seen.cut += 1
    if (line.length > seen.longestBytes / 3)
      seen.longestBytes = Math.max(seen.longestBytes, Buffer.byteLength(line))
    if (line.includes(orders.lastLine)) seen.sawLast = true
    const mark = /^mark (\d+)$/.exec(line)?.[1]
    if (mark === undefined) continue
    seen.marks += 1
    seen.lagMax = Math.max(seen.lagMax, now - Number(mark))
  }
}

const follow = async (backlog: number, events: Parameters<typeof openSocket>[2]) => {
  const { socket } = await openSocket('/api/logs/stream', orders.session, events)
  socket.write(
    textFrame(JSON.stringify({ type: 'hello', ticket: await takeTicket(orders.session), backlog })),
  )
  return socket
}

const healthy = await follow(0, {
  onText(text) {
    try {
      take(text)
    } catch (error) {
      faults.push(String(error))
    }
  },
  onClose: (code) => faults.push(`closed with ${code}`),
})
while (!seen.isLive && faults.length === 0) await sleep(5)
const stalled = []
for (let count = 0; count < orders.paused; count += 1) {
  const socket = await follow(0, {})
  socket.pause()
  stalled.push(socket)
}
process.stdout.write('ready\n')
await input.next()
for (const until = Date.now() + LAST_LINE_MS; !seen.sawLast && Date.now() < until; ) await sleep(10)
clearInterval(sampler)
healthy.removeAllListeners('close')
for (const socket of [healthy, ...stalled]) socket.destroy()

const findStrays = () => findPanelProcesses().filter(({ pid }) => !before.some((known) => known.pid === pid))
for (const until = Date.now() + SETTLE_MS; Date.now() < until; await sleep(20))
  if (findStrays().length === 0 && countOpenFiles(orders.logFile) === 0) break
const report: StreamReport = {
  ...seen,
  bytesBefore,
  bytesPeak,
  gaps,
  faults,
  strays: findStrays().map(({ command }) => command),
  openLogs: countOpenFiles(orders.logFile),
}
process.stdout.write(JSON.stringify(report))
process.exit(0)
