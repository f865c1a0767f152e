/**
 * Runs inside a host, as root: follows the log over the panel's WebSocket as a page does, drops the connection and goes
 * on behind its cursor, and sees to it that each line of the soak comes once, whole and in its turn. Its orders are lines
 * of JSON on stdin; it tells on stdout how far it is, a line of JSON each.
 */
import { renameSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastCursor, readRows, rowAt } from '../../contract/log-rows.ts'
import { seededRandom } from './panel-client.ts'
import { type Ack, padding, SOAK_BEGIN, SOAK_END, SOAK_LINE } from './soak-writer.ts'
import { openSocket, type StreamSession, takeTicket, textFrame } from './stream-socket.ts'

const ACK_EVERY_MS = 4
const TELL_EVERY_MS = 20
/** The panel may be away for so long: it is killed and comes back by itself. */
const AWAY_LIMIT_MS = 60_000
const MAX_FAULTS = 20

export interface SoakOrders {
  readonly session: StreamSession
  readonly seed: number
  /** Drops of the connection by the client, spread over so many lines. */
  readonly drops: number
  readonly lines: number
  readonly ackFile: string
}

export interface SoakWindow {
  /** How many lines the writer may be ahead; 0 holds it. */
  readonly window: number
  /** Whether the client may drop its connection; a drop that is due meanwhile comes after. */
  readonly mayDrop: boolean
}

export interface SoakProgress {
  readonly lines: number
  readonly runs: number
  /** Runs that said where they ended, and did. */
  readonly ended: number
  /** Lines that a killed run left unfinished. */
  readonly cutLines: number
  readonly longLines: number
  /** Files that the lines were in. */
  readonly files: number
  readonly dropped: number
  /** Connections that the panel ended. */
  readonly lost: number
  /** Connections that came so far that what followed was live. */
  readonly connections: number
  readonly gaps: readonly string[]
  readonly faults: readonly string[]
  readonly isConnected: boolean
  readonly mayDrop: boolean
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse(String((await input.next()).value)) as SoakOrders
const random = seededRandom(orders.seed)
const state = {
  lines: 0,
  runs: 0,
  ended: 0,
  cutLines: 0,
  longLines: 0,
  dropped: 0,
  lost: 0,
  connections: 0,
  isConnected: false,
  mayDrop: true,
}
const [gaps, faults]: [string[], string[]] = [[], []]
const files = new Set<string>()
const runs = new Set<string>()
let [run, number, window] = ['', 0, 0]
let isOver = false
let cursor: string | undefined
let socket: Socket | null = null
let dropAt = nextDrop()

function nextDrop(): number {
  if (state.dropped >= orders.drops) return Number.POSITIVE_INFINITY
  return Math.floor((orders.lines / orders.drops) * (state.dropped + random()))
}
function fault(text: string): void {
  if (faults.length < MAX_FAULTS) faults.push(text)
}

function takeText(text: string, isCut: boolean): void {
  const line = SOAK_LINE.exec(isCut ? text.slice(0, 80) : text)
  if (line) {
    const [, name = '', said = '', pad = ''] = line
    if (name !== run || Number(said) !== number + 1)
      fault(`${name} ${said} behind ${run} ${number}, ${isOver ? 'which was over' : ''}`)
    if (!isCut && pad.length !== padding(Number(said))) fault(`${name} ${said} has ${pad.length} letters`)
    if (isCut) state.longLines += 1
    number = Number(said)
    run = name
    state.lines += 1
    return
  }
  const begin = SOAK_BEGIN.exec(text)
  if (begin) {
    const [, before = '', name = ''] = begin
    // A run that was killed may leave a part of a line, which the next one's first goes on.
    if (before !== '') state.cutLines += 1
    if (before !== '' && isOver) fault(`${JSON.stringify(before)} before ${name}`)
    if (runs.has(name)) fault(`${name} begins again`)
    runs.add(name)
    state.runs += 1
    ;[run, number, isOver] = [name, 0, false]
    return
  }
  const end = SOAK_END.exec(text)
  if (!end || end[1] !== run || Number(end[2]) !== number || isOver) {
    fault(`${JSON.stringify(text.slice(0, 100))} behind ${run} ${number}`)
    return
  }
  isOver = true
  state.ended += 1
}

function takeFrame(frame: Buffer): void {
  const rows = readRows(frame)
  if (rows === null) {
    fault('a frame that is none')
    return
  }
  files.add(rows.file)
  for (let index = 0; index < rows.count; index += 1) {
    const { text, truncated } = rowAt(rows, index)
    takeText(text, truncated)
  }
  cursor = lastCursor(frame) ?? cursor
  if (state.lines >= dropAt && state.mayDrop) drop()
}

function drop(): void {
  state.dropped += 1
  dropAt = nextDrop()
  socket?.removeAllListeners('data').destroy()
}

const sayAck = (): void => {
  const ack: Ack = { run, lines: number, window }
  writeFileSync(`${orders.ackFile}.new`, JSON.stringify(ack), { mode: 0o644 })
  renameSync(`${orders.ackFile}.new`, orders.ackFile)
}
const tell = (): void => {
  const progress: SoakProgress = { ...state, files: files.size, gaps, faults }
  process.stdout.write(`${JSON.stringify(progress)}\n`)
}

/** One connection, until it ends. */
async function follow(): Promise<void> {
  const ticket = await takeTicket(orders.session)
  const ended = Promise.withResolvers<void>()
  let isClosed = false
  const onText = (text: string): void => {
    const frame = JSON.parse(text) as { type: string; reason?: string }
    if (frame.type === 'live') {
      state.isConnected = true
      state.connections += 1
    }
    if (frame.type === 'gap') gaps.push(frame.reason ?? '')
  }
  const events = {
    onText,
    // What comes behind the drop is thrown away, as by a page that is closed.
    onBytes: (bytes: Buffer) => void (isClosed || socket?.destroyed || takeFrame(bytes)),
    onClose: () => {
      isClosed = true
      ended.resolve()
    },
  }
  const opened = await openSocket('/api/logs/stream', orders.session, events)
  socket = opened.socket
  const hello = { type: 'hello', ticket, backlog: 0, ...(cursor === undefined ? {} : { after: cursor }) }
  socket.write(textFrame(JSON.stringify(hello)))
  await ended.promise
  socket.destroy()
}

async function followForEver(): Promise<never> {
  for (let since = Date.now(); ; ) {
    const before = { dropped: state.dropped, lines: state.lines }
    try {
      await follow()
    } catch (error) {
      if (Date.now() - since > AWAY_LIMIT_MS) fault(`away for too long: ${String(error)}`)
    }
    state.isConnected = false
    if (state.lines > before.lines) since = Date.now()
    if (state.dropped > before.dropped) await sleep(random() * 300)
    else {
      state.lost += 1
      await sleep(50)
    }
  }
}

async function takeOrders(): Promise<void> {
  for (let next = await input.next(); !next.done; next = await input.next()) {
    const order = JSON.parse(next.value) as SoakWindow
    window = order.window
    state.mayDrop = order.mayDrop
  }
  process.exit(0)
}

setInterval(sayAck, ACK_EVERY_MS)
setInterval(tell, TELL_EVERY_MS)
void followForEver()
await takeOrders()
