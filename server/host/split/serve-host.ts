/**
 * The root half's end of the connection. Whatever comes over it is taken as hostile: every frame is bounded, every
 * argument is checked, every account and path is admitted or not by what root itself wrote down.
 */
import type { Duplex } from 'node:stream'
import { ConflictError } from '../../errors.ts'
import { isSystemdRunning } from '../facts.ts'
import type { Host } from '../host.ts'
import type { Admission } from './admission.ts'
import { checkArguments } from './check-arguments.ts'
import {
  createFrameReader,
  type Frame,
  KIND,
  MAX_PAYLOAD_BYTES,
  ProtocolError,
  readCredit,
  writeFrame,
} from './frames.ts'
import type { FrontBounds } from './front-bounds.ts'
import { guardHost } from './guard-host.ts'
import { decodeMessage, encodeMessage, writeMessage, writeParts } from './message.ts'
import { type Outlet, type ServedCall, serveCall } from './serve-call.ts'
import { listDigest, VERB_NAMES, VERBS, type VerbName } from './verbs.ts'
import { toWire } from './wire-errors.ts'

/** The first frame of each half. */
export interface Hello {
  /** See {@link listDigest}. */
  readonly list: string
}
/** What the front needs to know before all else. */
export interface RootHello extends Hello {
  /** In the order in which a call numbers them. */
  readonly verbs: readonly string[]
  readonly hasSystemd: boolean
}

/** Calls that run at once; a front has some dozens at the most. */
const MAX_CALLS = 256
/** Bytes of messages whose rest has not come yet. */
const MAX_PARTIAL_BYTES = 160 * 1_048_576
/** Bytes of messages whose calls run: each may hold a file, or the list of a backup. */
const MAX_HELD_BYTES = 192 * 1_048_576
/** While so much waits to be read by the front, nothing more is read from it ... */
const HIGH_WATER_BYTES = 1_048_576
/** ... and with so much it is taken for one that never reads. */
const MAX_UNREAD_BYTES = 64 * 1_048_576
const HELLO_TIMEOUT_MS = 10_000

interface Partial {
  readonly name: VerbName
  readonly parts: Buffer[]
  bytes: number
}

/**
 * Performs what the front asks for until the connection ends; then ends all that was begun over it, as if this process
 * had been killed, and closes the host, which is this connection's own.
 * @param options `admission` says whose account and which paths the front may name, `bounds` what it may use up
 * @returns `closed` resolves when all that is done
 */
export function serveHost(
  host: Host,
  connection: Duplex,
  options: { readonly admission: Admission; readonly bounds: FrontBounds },
): { readonly closed: Promise<void> } {
  const { admission, bounds } = options
  const looked = guardHost(host, admission)
  const guarded: Host = { ...looked, appendAudit: bounds.audit.limit(looked.appendAudit) }
  const running = new Map<number, ServedCall>()
  const partial = new Map<number, Partial>()
  let isGreeted = false
  let heldBytes = 0

  const fail = (error: unknown): void => {
    if (connection.destroyed) return
    console.error('host: the connection is ended:', error instanceof ProtocolError ? error.message : error)
    connection.destroy()
  }
  const out: Outlet = {
    frame(kind, id, payload) {
      if (!mayWrite()) return
      writeFrame(connection, kind, id, payload)
      if (connection.writableLength > HIGH_WATER_BYTES) connection.pause()
    },
    message(kind, id, message) {
      if (!mayWrite()) return
      writeMessage(connection, kind, id, message)
      if (connection.writableLength > HIGH_WATER_BYTES) connection.pause()
    },
    item: sendItem,
  }
  async function sendItem(id: number, parts: readonly [Buffer, ...Uint8Array[]]): Promise<void> {
    if (!mayWrite()) return
    const written = Promise.withResolvers<void>()
    writeParts(connection, KIND.item, id, parts, written.resolve)
    if (connection.writableLength > HIGH_WATER_BYTES) connection.pause()
    // As a rule the kernel has taken all of it by now.
    if (connection.writableLength > 0) await written.promise
  }
  /** One message may be large; another one behind so much that was not taken is none for a front that reads. */
  function mayWrite(): boolean {
    if (connection.writableLength <= MAX_UNREAD_BYTES) return true
    fail(new ProtocolError('the front does not read'))
    return false
  }
  connection.on('drain', () => connection.resume())

  function begin(id: number, { name, parts, bytes }: Partial): void {
    if (heldBytes + bytes > MAX_HELD_BYTES) {
      refuse(id, name, 'what runs already holds much of the memory')
      return
    }
    const message = decodeMessage(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))
    if (!isCallMessage(message)) throw new ProtocolError(`a call of another shape: ${name}`)
    const args = checkArguments(name, message.args)
    if (args instanceof Error) {
      out.message(KIND.error, id, encodeMessage(toWire(args, name)))
      return
    }
    bounds.record.tell(name, args)
    const call = serveCall(guarded, { id, name, args, wantsLines: message.lines === true }, out)
    running.set(id, call)
    heldBytes += bytes
    void call.done.then(() => {
      running.delete(id)
      heldBytes -= bytes
    })
  }

  function refuse(id: number, name: VerbName, detail: string): void {
    out.message(KIND.error, id, encodeMessage(toWire(new ConflictError('SERVER_BUSY', { detail }), name)))
  }

  function onCall({ id, payload }: Frame): void {
    if (running.has(id) || partial.has(id)) throw new ProtocolError(`a second call ${id}`)
    const name = payload.length < 2 ? undefined : VERB_NAMES[payload.readUInt16LE(0)]
    if (name === undefined || !crosses(name)) throw new ProtocolError('a call of no verb')
    if (running.size >= MAX_CALLS) {
      refuse(id, name, `${MAX_CALLS} calls of the machine run already`)
      // Its other parts, if it has some, find no call and are dropped.
      return
    }
    collect(id, { name, parts: [], bytes: 0 }, payload.subarray(2), payload.length)
  }

  function collect(id: number, call: Partial, part: Buffer, frameBytes: number): void {
    call.parts.push(part)
    call.bytes += part.length
    if (call.bytes > VERBS[call.name].maxBytes) throw new ProtocolError(`${call.name}: too large a message`)
    const isWhole = frameBytes < MAX_PAYLOAD_BYTES
    if (isWhole) {
      partial.delete(id)
      begin(id, call)
      return
    }
    partial.set(id, call)
    const bytes = [...partial.values()].reduce((sum, one) => sum + one.bytes, 0)
    if (bytes > MAX_PARTIAL_BYTES) throw new ProtocolError('too many unfinished messages')
  }

  function onMore({ id, payload }: Frame): void {
    const rest = partial.get(id)
    if (rest) collect(id, rest, payload, payload.length)
  }

  function onFrame(frame: Frame): void {
    if (connection.destroyed) return
    const { kind, id, payload } = frame
    if (!isGreeted) {
      greet(frame)
      isGreeted = true
      return
    }
    const call = running.get(id)
    switch (kind) {
      case KIND.call:
        onCall(frame)
        break
      case KIND.more:
        onMore(frame)
        break
      // What a call that has ended meanwhile does not hear any more is no fault of the front.
      case KIND.cancel:
        call?.cancel()
        break
      case KIND.credit:
        call?.grant(readCredit(payload))
        break
      case KIND.data:
        call?.data(payload)
        break
      case KIND.end:
        call?.endData()
        break
      case KIND.order:
        call?.order(decodeMessage(payload))
        break
      default:
        throw new ProtocolError(`a frame of kind ${kind}`)
    }
  }

  const reader = createFrameReader(onFrame)
  const onData = (bytes: Buffer): void => {
    try {
      reader.push(bytes)
    } catch (error) {
      fail(error)
    }
  }
  const timer = setTimeout(() => {
    if (!isGreeted) fail(new ProtocolError('nobody said hello'))
  }, HELLO_TIMEOUT_MS)
  void isSystemdRunning().then((hasSystemd) => {
    const hello: RootHello = { list: listDigest(), verbs: VERB_NAMES, hasSystemd }
    writeMessage(connection, KIND.hello, 0, encodeMessage(hello))
    // Ours first: a front of another version learns it, whatever becomes of what it said.
    connection.on('data', onData)
  }, fail)

  const closed = (async () => {
    await untilClosed(connection)
    clearTimeout(timer)
    partial.clear()
    const held = [...running.values()].filter(({ isHeld }) => isHeld)
    for (const call of running.values()) call.cancel()
    await host.close()
    await Promise.all(held.map(({ done }) => done))
  })()
  return { closed }
}

function crosses(name: VerbName): boolean {
  const { kind } = VERBS[name]
  return kind !== 'here' && kind !== 'not-here' && kind !== 'close'
}

/** @throws {ProtocolError} the other half has another list */
function greet({ kind, id, payload }: Frame): void {
  const hello = kind === KIND.hello && id === 0 ? decodeMessage(payload) : null
  const list = typeof hello === 'object' && hello !== null && 'list' in hello ? hello.list : null
  if (list !== listDigest()) throw new ProtocolError('the front is of another version')
}

function isCallMessage(message: unknown): message is { args: unknown[]; lines?: unknown } {
  return typeof message === 'object' && message !== null && 'args' in message && Array.isArray(message.args)
}

function untilClosed(connection: Duplex): Promise<void> {
  connection.on('error', () => undefined)
  connection.on('end', () => connection.destroy())
  return connection.closed ? Promise.resolve() : new Promise((resolve) => connection.once('close', resolve))
}
