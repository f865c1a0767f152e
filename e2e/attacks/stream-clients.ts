/**
 * Runs inside a host, as root: follows the log with clients that stop reading and one that reads on, and watches the
 * memory of the panel meanwhile. Takes its orders as the first line of stdin, says `ready`, and reports when stdin ends.
 */
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { countOpenFiles, findPanelProcesses, readPanelBytes } from './release-processes.ts'
import { readFrameRows } from './stream-rows.ts'
import { openSocket, type StreamSession, takeTicket, textFrame } from './stream-socket.ts'

const SAMPLE_MS = 50
/** The healthy client may take so long to see the last line. */
const LAST_LINE_MS = 120_000
const SETTLE_MS = 30_000

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
  /** What the stream says of lines that were dropped before they were read. */
  readonly gaps: readonly string[]
  readonly longestBytes: number
  readonly cut: number
  readonly faults: readonly string[]
  /** The last of the numbered lines, if there were some; one out of turn is a fault. */
  readonly numbers: number
  /** Of a client that stopped reading until all was over. */
  readonly late: {
    readonly gaps: readonly string[]
    readonly faults: readonly string[]
    readonly numbers: number
    readonly sawLast: boolean
  }
  /** Processes of the panel that came and stayed. */
  readonly strays: readonly string[]
  /** How often they still have the log open. */
  readonly openLogs: number
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse(String((await input.next()).value)) as StreamOrders
const bytesBefore = readPanelBytes()
const before = findPanelProcesses()
let bytesPeak = 0
const sampler = setInterval(() => {
  bytesPeak = Math.max(bytesPeak, readPanelBytes())
}, SAMPLE_MS)

/** What one client has of the log. */
function createReader() {
  const seen = { lines: 0, lagMax: 0, marks: 0, sawLast: false, longestBytes: 0, cut: 0, isLive: false }
  const [gaps, faults]: [string[], string[]] = [[], []]
  let number = 0
  const takeBytes = (frame: Buffer): void => {
    const now = Date.now()
    const { text, count, longestBytes } = readFrameRows(frame)
    seen.lines += count
    seen.longestBytes = Math.max(seen.longestBytes, longestBytes)
    for (const _cut of text.matchAll(/ std(?:out|err) T /g)) seen.cut += 1
    if (text.includes(orders.lastLine)) seen.sawLast = true
    for (const [, mark] of text.matchAll(/ stderr F mark (\d+)\n/g)) {
      seen.marks += 1
      seen.lagMax = Math.max(seen.lagMax, now - Number(mark))
    }
    for (const [, said] of text.matchAll(/ stdout F number (\d+)\n/g)) {
      if (Number(said) !== number + 1) faults.push(`number ${said} behind ${number}`)
      number = Number(said)
    }
  }
  const guarded =
    <T>(take: (what: T) => void) =>
    (what: T): void => {
      try {
        take(what)
      } catch (error) {
        faults.push(String(error))
      }
    }
  return {
    seen,
    gaps,
    faults,
    numbers: () => number,
    events: {
      onText: guarded((text: string) => {
        const frame = JSON.parse(text) as { type: string; reason?: string }
        if (frame.type === 'live') seen.isLive = true
        if (frame.type === 'gap') gaps.push(frame.reason ?? '')
      }),
      onBytes: guarded(takeBytes),
      onClose: (code: number) => void faults.push(`closed with ${code}`),
    },
  }
}

const untilLast = async ({ seen }: ReturnType<typeof createReader>): Promise<void> => {
  for (const until = Date.now() + LAST_LINE_MS; !seen.sawLast && Date.now() < until; ) await sleep(10)
}

const follow = async (backlog: number, events: Parameters<typeof openSocket>[2]) => {
  const { socket } = await openSocket('/api/logs/stream', orders.session, events)
  socket.write(
    textFrame(JSON.stringify({ type: 'hello', ticket: await takeTicket(orders.session), backlog })),
  )
  return socket
}

const reading = createReader()
const healthy = await follow(0, reading.events)
while (!reading.seen.isLive && reading.faults.length === 0) await sleep(5)
const stalled = []
/** The first of them reads on when all is over. */
const late = createReader()
for (let count = 0; count < orders.paused; count += 1) {
  const socket = await follow(0, count === 0 ? late.events : {})
  socket.pause()
  stalled.push(socket)
}
process.stdout.write('ready\n')
await input.next()
await untilLast(reading)
clearInterval(sampler)
stalled[0]?.resume()
if (stalled.length > 0) await untilLast(late)
for (const socket of [healthy, ...stalled]) socket.removeAllListeners('close').destroy()

const findStrays = () => findPanelProcesses().filter(({ pid }) => !before.some((known) => known.pid === pid))
for (const until = Date.now() + SETTLE_MS; Date.now() < until; await sleep(20))
  if (findStrays().length === 0 && countOpenFiles(orders.logFile) === 0) break
const report: StreamReport = {
  ...reading.seen,
  bytesBefore,
  bytesPeak,
  gaps: reading.gaps,
  faults: reading.faults,
  numbers: reading.numbers(),
  late: { gaps: late.gaps, faults: late.faults, numbers: late.numbers(), sawLast: late.seen.sawLast },
  strays: findStrays().map(({ command }) => command),
  openLogs: countOpenFiles(orders.logFile),
}
process.stdout.write(JSON.stringify(report))
process.exit(0)
