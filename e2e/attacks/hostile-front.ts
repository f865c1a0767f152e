/**
 * A front that belongs to an attacker: it opens the socket of the root half and asks for what it is told to. Orders come
 * as JSON on standard input, the answers go out as JSON. It knows of the frames what is said in server/host/split.
 */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export interface HostileOrder {
  readonly verb: string
  readonly args: readonly unknown[]
}
export interface HostileAnswer {
  /** `ended`: the root half ended the connection for it. */
  readonly kind: 'result' | 'error' | 'ended'
  readonly code?: string
  readonly said: string
}
export interface HostileReport {
  /** How opening the socket failed. */
  readonly refused?: string
  readonly answers: readonly HostileAnswer[]
}

const SOCKET = '/run/razroom-panel-host.sock'
const HEADER_BYTES = 9
const KINDS = { hello: 1, call: 2, data: 6, end: 7, result: 9, error: 10, item: 12 } as const

function frame(kind: number, id: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES)
  head.writeUInt32LE(payload.length, 0)
  head.writeUInt8(kind, 4)
  head.writeUInt32LE(id, 5)
  return Buffer.concat([head, payload])
}

/** Plain JSON; where the root half wants bytes, `{ $bytes: 'text' }` stands for them. */
function message(value: unknown): Buffer {
  const bytes: { at: (string | number)[]; length: number }[] = []
  const blobs: Buffer[] = []
  const take = (of: unknown, at: (string | number)[]): unknown => {
    if (typeof of !== 'object' || of === null) return of
    if ('$bytes' in of) {
      const blob = Buffer.from(String(of.$bytes))
      bytes.push({ at, length: blob.length })
      blobs.push(blob)
      return null
    }
    if (Array.isArray(of)) return of.map((member, index) => take(member, [...at, index]))
    return Object.fromEntries(Object.entries(of).map(([key, member]) => [key, take(member, [...at, key])]))
  }
  const taken = take(value, [])
  const json = Buffer.from(JSON.stringify({ value: taken, bytes, dates: [] }))
  const head = Buffer.alloc(5)
  head.writeUInt8(1, 0)
  head.writeUInt32LE(json.length, 1)
  return Buffer.concat([head, json, ...blobs])
}

/** All that an answer holds, as text. */
function readMessage(payload: Buffer): string {
  return payload.toString('latin1', 5)
}

async function ask(orders: readonly HostileOrder[]): Promise<HostileReport> {
  const socket = connect(SOCKET)
  const answers = new Map<number, HostileAnswer>()
  const left = new Set(orders.keys())
  const done = Promise.withResolvers<string | undefined>()
  const settle = (id: number, answer: HostileAnswer) => {
    if (!answers.has(id)) answers.set(id, answer)
    left.delete(id)
    if (left.size === 0) done.resolve(undefined)
  }
  let held = Buffer.alloc(0)
  const onFrame = (kind: number, id: number, payload: Buffer) => {
    if (kind === KINDS.hello) {
      const { list, verbs } = JSON.parse(readMessage(payload)) as { list: string; verbs: string[] }
      socket.write(frame(KINDS.hello, 0, message({ list })))
      for (const [order, { verb, args }] of orders.entries()) {
        const number = Buffer.alloc(2)
        number.writeUInt16LE(verbs.indexOf(verb) & 0xffff)
        socket.write(frame(KINDS.call, order, Buffer.concat([number, message({ args })])))
      }
    } else if (kind === KINDS.error) {
      const said = readMessage(payload)
      settle(id, { kind: 'error', code: /"code":"([A-Z_]+)"/.exec(said)?.[1] ?? '', said })
    } else if (kind === KINDS.result || kind === KINDS.end || kind === KINDS.item || kind === KINDS.data)
      settle(id, { kind: 'result', said: payload.toString('latin1') })
  }
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= HEADER_BYTES && held.length >= HEADER_BYTES + held.readUInt32LE(0)) {
      const end = HEADER_BYTES + held.readUInt32LE(0)
      onFrame(held.readUInt8(4), held.readUInt32LE(5), held.subarray(HEADER_BYTES, end))
      held = held.subarray(end)
    }
  })
  socket.on('error', (error: NodeJS.ErrnoException) => done.resolve(error.code))
  socket.on('close', () => done.resolve(undefined))
  const refused = await done.promise
  socket.destroy()
  return {
    ...(refused === undefined ? {} : { refused }),
    answers: orders.map((_order, id) => answers.get(id) ?? { kind: 'ended', said: '' }),
  }
}

const orders = JSON.parse(await text(process.stdin)) as HostileOrder[]
console.log(JSON.stringify(await ask(orders)))
