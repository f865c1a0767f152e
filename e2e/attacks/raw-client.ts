/**
 * Runs inside a host, on the runtime of the panel there: takes shots as JSON on stdin, fires them, prints the outcomes.
 * The first argument says how many at once.
 * Imports nothing but Node, for nothing else of the tests is in the host.
 */
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Header, Outcome, Shot } from './shot.ts'

const PORT = 18780
const AT_ONCE = Number(process.argv[2] ?? 16)
const ANSWER_LIMIT_MS = 60_000
const LISTEN_MS = 700
const PATIENCE_MS = 60_000

interface Head {
  status: number
  headers: Header[]
  /** Where the body begins. */
  end: number
}

function parseHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status: Number(first.split(' ')[1]), headers, end: end + 4 }
}

/** A masked text frame (RFC 6455, 5.2); a mask of zeros is a mask. */
function textFrame(payload: string): Buffer {
  const data = Buffer.from(payload)
  const length =
    data.length < 126
      ? Buffer.from([0x80 | data.length])
      : Buffer.from([0x80 | 126, data.length >> 8, data.length & 0xff])
  return Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), data])
}

/** Takes the whole frames out of what a server sent. */
function readFrames(bytes: Buffer): { texts: string[]; closeCode: number | null } {
  const texts: string[] = []
  let closeCode: number | null = null
  let at = 0
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] ?? 0) & 0x0f
    let length = (bytes[at + 1] ?? 0) & 0x7f
    let start = at + 2
    if (length === 126) {
      if (start + 2 > bytes.length) break
      length = bytes.readUInt16BE(start)
      start += 2
    } else if (length === 127) {
      if (start + 8 > bytes.length) break
      length = Number(bytes.readBigUInt64BE(start))
      start += 8
    }
    if (start + length > bytes.length) break
    const payload = bytes.subarray(start, start + length)
    if (opcode === 1) texts.push(payload.toString())
    if (opcode === 8) closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
    at = start + length
  }
  return { texts, closeCode }
}

/** What a socket has come to: it has told something, or it is closed. */
interface Marks {
  readonly told: PromiseWithResolvers<void>
  readonly closed: PromiseWithResolvers<void>
}
const makeMarks = (): Marks => ({ told: Promise.withResolvers(), closed: Promise.withResolvers() })

/** Sends the frames of a shot once the handshake is through, and ends the socket when it was listened to enough. */
async function converse(socket: Socket, shot: Shot, marks: Marks): Promise<void> {
  await sleep(shot.delayMs ?? 0)
  for (const frame of shot.frames ?? []) if (!socket.destroyed) socket.write(textFrame(frame))
  for (const piece of shot.pieces ?? []) {
    if (socket.destroyed) break
    socket.write(Buffer.from(piece, 'latin1'))
    // Else the kernel puts the pieces together again.
    await sleep(2)
  }
  if (socket.destroyed) return
  await sleep(shot.listenMs ?? (shot.until === undefined ? LISTEN_MS : 0))
  if (shot.until !== undefined)
    await Promise.race([marks[shot.until].promise, sleep(PATIENCE_MS, undefined, { ref: false })])
  socket.destroy()
}

async function fire(shot: Shot, marks: Marks): Promise<Outcome> {
  const begun = performance.now()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let isOpen = false
    const socket = connect({ host: '127.0.0.1', port: PORT })
    let isLeftOpen = false
    const late = setTimeout(() => {
      isLeftOpen = true
      socket.destroy()
    }, shot.giveUpMs ?? ANSWER_LIMIT_MS)
    socket.on('connect', () => socket.write(Buffer.from(shot.bytes, 'latin1')))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      const head = parseHead(all)
      if (head?.status !== 101) return
      const { texts, closeCode } = readFrames(all.subarray(head.end))
      if (texts.length > 0) marks.told.resolve()
      if (closeCode !== null) socket.destroy()
      if (isOpen) return
      isOpen = true
      clearTimeout(late)
      void converse(socket, shot, marks)
    })
    // A reset is an answer too: what arrived before it counts, and "close" follows.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(late)
      marks.told.resolve()
      marks.closed.resolve()
      const endedAt = performance.now()
      const outcome = outcomeOf(shot.name, Buffer.concat(chunks))
      resolve({ ...outcome, tookMs: endedAt - begun, endedAt, isLeftOpen })
    })
  })
}

function outcomeOf(name: string, bytes: Buffer): Omit<Outcome, 'isLeftOpen' | 'tookMs' | 'endedAt'> {
  const head = parseHead(bytes)
  if (!head) return { name, status: 0, headers: [], body: '', frames: [], closeCode: null }
  const rest = bytes.subarray(head.end)
  const { status, headers } = head
  if (status !== 101) return { name, status, headers, body: rest.toString(), frames: [], closeCode: null }
  const { texts, closeCode } = readFrames(rest)
  return { name, status, headers, body: '', frames: texts, closeCode }
}

async function fireAll(shots: readonly Shot[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const all = shots.map((shot) => ({ shot, marks: makeMarks() }))
  const othersTold = Promise.all(
    all.flatMap(({ shot, marks }) => (shot.afterTold ? [] : [marks.told.promise])),
  )
  const queue = [...all.entries()]
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, { shot, marks }] = next
      if (shot.afterTold) await othersTold
      outcomes[index] = await fire(shot, marks)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return outcomes
}

process.stdout.write(JSON.stringify(await fireAll(JSON.parse(await text(process.stdin)) as Shot[])))
