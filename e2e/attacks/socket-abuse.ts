/**
 * Runs inside a host, as root: opens too many sockets, and says what no client says, on each of them. Takes its orders
 * as JSON on stdin and prints what came of it.
 */
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPanelBytes } from './release-processes.ts'
import { clientFrame, openSocket, type StreamSession, takeTicket, textFrame } from './stream-socket.ts'

const ANSWER_MS = 10_000
const PATHS = ['/api/events', '/api/logs/stream', '/api/terminal'] as const

export interface AbuseOrders {
  readonly session: StreamSession
  readonly sockets: number
  /** Of these so many have a place. */
  readonly places: number
  /** Megabytes of pings whose answers nobody reads. */
  readonly pingMegabytes: number
}

export interface AbuseReport {
  /** Close codes of the sockets that were opened at the same time; 0 for those that stayed. */
  readonly codes: readonly number[]
  /** Handshakes that offered to compress, and were taken at their word. */
  readonly compressed: number
  /** How each malformed frame ended: the close code. */
  readonly frames: Readonly<Record<string, number>>
  readonly pings: { readonly isCut: boolean; readonly grownBytes: number }
}

const orders = JSON.parse(await text(process.stdin)) as AbuseOrders
const { session } = orders

async function openMany(): Promise<number[]> {
  const codes: number[] = []
  const opened = await Promise.all(
    Array.from({ length: orders.sockets }, async (_, index) => {
      codes[index] = 0
      return openSocket(PATHS[index % 2] ?? PATHS[0], session, {
        onClose: (code) => {
          if (codes[index] === 0) codes[index] = code
        },
      })
    }),
  )
  // Nobody says a hello: those that are in stay for five seconds.
  const countTurned = (): number => codes.filter((code) => code !== 0).length
  for (const until = Date.now() + ANSWER_MS; Date.now() < until; await sleep(10))
    if (countTurned() >= orders.sockets - orders.places) break
  const seen = [...codes]
  for (const { socket } of opened) socket.destroy()
  return seen
}

/** Frames that RFC 6455 (5.2) or the panel's own bound rules out. */
const huge = Buffer.concat([
  Buffer.from([0x81, 0xff]),
  Buffer.from([0, 0, 1, 0, 0, 0, 0, 0]),
  Buffer.alloc(4),
])
const fragment = (opcode: number, length: number): Buffer => {
  const frame = clientFrame(opcode, Buffer.alloc(length, 0x20))
  frame[0] = opcode
  return frame
}
const withFirstByte = (byte: number): Buffer => {
  const frame = textFrame('{}')
  frame[0] = byte
  return frame
}
const FRAMES: Readonly<Record<string, readonly Buffer[]>> = {
  'a length of 2^40': [huge],
  'one byte more than allowed': [clientFrame(1, Buffer.alloc(16_385, 0x20))],
  'small parts without end': [fragment(1, 8_000), fragment(0, 8_000), fragment(0, 8_000)],
  'a part that continues nothing': [fragment(0, 10)],
  'no mask': [Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
  'reserved bits': [withFirstByte(0xf1)],
  'an unknown opcode': [withFirstByte(0x83)],
  'compressed without agreement': [withFirstByte(0xc1)],
  'a ping of 200 bytes': [clientFrame(9, Buffer.alloc(200))],
  'text that is no UTF-8': [clientFrame(1, Buffer.from([0xff, 0xfe, 0x80]))],
  'bytes in place of text': [clientFrame(2, Buffer.from('{}'))],
  'a close code that is none': [clientFrame(8, Buffer.from([0, 1]))],
}

async function sayFrames(): Promise<Record<string, number>> {
  const ends: Record<string, number> = {}
  for (const path of PATHS) {
    for (const [name, frames] of Object.entries(FRAMES)) {
      const { promise, resolve } = Promise.withResolvers<number>()
      const { socket } = await openSocket(path, session, { onClose: resolve })
      for (const frame of frames) socket.write(frame)
      ends[`${path}, ${name}`] = await Promise.race([promise, sleep(ANSWER_MS, -1)])
      socket.destroy()
    }
  }
  return ends
}

async function pingOn(): Promise<AbuseReport['pings']> {
  const before = readPanelBytes()
  let peak = before
  let isCut = false
  const { socket } = await openSocket(PATHS[0], session)
  socket.on('close', () => {
    isCut = true
  })
  socket.write(textFrame(JSON.stringify({ type: 'hello', ticket: await takeTicket(session) })))
  await sleep(200)
  socket.pause()
  const pings = Buffer.concat(Array.from({ length: 1_000 }, () => clientFrame(9, Buffer.alloc(125, 0x70))))
  for (let sent = 0; sent < orders.pingMegabytes * 1e6 && !isCut; sent += pings.length) {
    const isTaken = await new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), ANSWER_MS)
      socket.write(pings, (error) => {
        clearTimeout(late)
        resolve(!error)
      })
    })
    peak = Math.max(peak, readPanelBytes())
    if (!isTaken) break
  }
  // What was not read yet hides that the other end is closed.
  socket.resume()
  for (const until = Date.now() + ANSWER_MS; !isCut && Date.now() < until; ) await sleep(10)
  socket.destroy()
  return { isCut, grownBytes: peak - before }
}

async function offerCompression(): Promise<number> {
  let compressed = 0
  for (const path of PATHS) {
    const extra = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n'
    const { socket, head } = await openSocket(path, session, {}, extra)
    if (/permessage-deflate/i.test(head)) compressed += 1
    socket.destroy()
  }
  return compressed
}

const report: AbuseReport = {
  codes: await openMany(),
  compressed: await offerCompression(),
  frames: await sayFrames(),
  pings: await pingOn(),
}
process.stdout.write(JSON.stringify(report))
process.exit(0)
