/**
 * Runs inside a host, as root: reads the stream of the log over the control socket as fast as it comes. Nothing but Node,
 * for nothing else of the benchmarks is in the host. Prints one JSON document.
 *
 *     log-client.js BACKLOG [--live SECONDS] [--stall SECONDS]
 */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const SOCKET = '/run/razroom-panel/control.sock'
const RAW_HEAD_BYTES = 21
const LISTED_HEAD_BYTES = 25

export interface ClientResult {
  readonly lines: number
  readonly bytes: number
  /** From the hello to the end of the backlog. */
  readonly backlogMs: number
  readonly gaps: number
  /** From the time that a live line names to its arrival, ms. */
  readonly delays: Delays
}

export interface Delays {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

interface Frame {
  /** RFC 6455, 5.2: 1 text, 2 binary, 9 a ping. */
  readonly kind: number
  readonly payload: Buffer
}

/** A masked frame (RFC 6455, 5.2) below 126 bytes. */
function clientFrame(kind: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const head = Buffer.from([0x80 | kind, 0x80 | payload.length])
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))])
}

/** Hands over each frame of what comes; its memory is used again for the next ones, so that the client is no brake. */
function createFrames(onFrame: (frame: Frame) => void): (bytes: Buffer) => void {
  let memory = Buffer.allocUnsafe(1_048_576)
  let filled = 0
  return (bytes) => {
    if (filled + bytes.length > memory.length)
      memory = Buffer.concat([memory.subarray(0, filled)], 2 * (filled + bytes.length))
    filled += bytes.copy(memory, filled)
    let at = 0
    for (;;) {
      const all = memory.subarray(at, filled)
      const size = frameSize(all)
      if (size === null || all.length < size.head + size.payload) break
      onFrame({ kind: (all[0] ?? 0) % 16, payload: all.subarray(size.head, size.head + size.payload) })
      at += size.head + size.payload
    }
    memory.copyWithin(0, at, filled)
    filled -= at
  }
}

function frameSize(bytes: Buffer): { head: number; payload: number } | null {
  if (bytes.length < 2) return null
  const short = (bytes[1] ?? 0) & 0x7f
  if (short < 126) return { head: 2, payload: short }
  const head = short === 126 ? 4 : 10
  if (bytes.length < head) return null
  return { head, payload: short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) }
}

function countRows(payload: Buffer): number {
  if (payload[0] !== 1) return payload.readUInt32LE(RAW_HEAD_BYTES)
  let count = 0
  for (let at = payload.indexOf(10, RAW_HEAD_BYTES); at !== -1; at = payload.indexOf(10, at + 1)) count += 1
  return count
}

/** The time that each row of a live frame names after `at=`, ms with fractions. */
function delaysOf(payload: Buffer, now: number): number[] {
  const text = payload.toString('latin1', payload[0] === 1 ? RAW_HEAD_BYTES : LISTED_HEAD_BYTES)
  return [...text.matchAll(/at=([\d.]+)/g)].map(([, at]) => now - Number(at))
}

export function readStream(backlog: number, liveMs: number, stallMs: number): Promise<ClientResult> {
  const result = { lines: 0, bytes: 0, backlogMs: 0, gaps: 0 }
  const delaysMs: number[] = []
  let begun = 0
  let isUpgraded = false
  let isLive = false
  const { promise, resolve, reject } = Promise.withResolvers<ClientResult>()
  const finish = (): void => {
    socket.destroy()
    const sorted = delaysMs.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
    resolve({ ...result, delays: { count: sorted.length, p50: at(0.5), p99: at(0.99) } })
  }
  const take = ({ kind, payload }: Frame): void => {
    if (kind === 1) {
      const { type } = JSON.parse(String(payload)) as { type: string }
      if (type === 'gap') result.gaps += 1
      if (type !== 'live') return
      isLive = true
      result.backlogMs = performance.now() - begun
      if (liveMs > 0) setTimeout(finish, liveMs)
      else finish()
      return
    }
    // The panel sends on when it knows how far we have read.
    if (kind === 9) socket.write(clientFrame(10, payload))
    if (kind !== 2) return
    result.bytes += payload.length
    result.lines += countRows(payload)
    if (isLive) delaysMs.push(...delaysOf(payload, performance.timeOrigin + performance.now()))
  }
  const frames = createFrames(take)
  const onBytes = (bytes: Buffer): void => {
    if (isUpgraded) frames(bytes)
    else upgrade(bytes)
  }
  const memory = Buffer.allocUnsafe(262_144)
  const socket = connect({
    path: SOCKET,
    onread: {
      buffer: memory,
      callback(count) {
        onBytes(memory.subarray(0, count))
        return true
      },
    },
  })
  socket.on('connect', () => {
    const key = randomBytes(16).toString('base64')
    socket.write(
      `GET /api/logs/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
  })
  const upgrade = (bytes: Buffer): void => {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1 || !bytes.toString('latin1').startsWith('HTTP/1.1 101')) {
      reject(new Error(`no upgrade: ${bytes.toString('latin1').slice(0, 200)}`))
      socket.destroy()
      return
    }
    isUpgraded = true
    begun = performance.now()
    socket.write(clientFrame(1, Buffer.from(JSON.stringify({ type: 'hello', ticket: 'control', backlog }))))
    if (stallMs === 0) frames(bytes.subarray(end + 4))
    else {
      socket.pause()
      setTimeout(finish, stallMs)
    }
  }
  socket.on('error', reject)
  return promise
}

if (process.argv[1]?.includes('log-client')) {
  const [backlog = '0', ...options] = process.argv.slice(2)
  const seconds = (name: string): number =>
    options.includes(name) ? Number(options[options.indexOf(name) + 1]) * 1_000 : 0
  console.log(JSON.stringify(await readStream(Number(backlog), seconds('--live'), seconds('--stall'))))
}
