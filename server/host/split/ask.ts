/** Asks the root half: numbers the calls of the front, and hands what comes back to who asked. */
import type { Duplex } from 'node:stream'
import { HostError } from '../../errors.ts'
import { createChunkMemory } from '../chunk-memory.ts'
import type { OutputChunk } from '../host.ts'
import type { ReusedReads } from '../reused-reads.ts'
import {
  createFrameReader,
  creditPayload,
  type Frame,
  KIND,
  type Kind,
  MAX_PAYLOAD_BYTES,
  readCredit,
  writeFrame,
} from './frames.ts'
import { decodeMessage, encodeMessage, writeMessage } from './message.ts'
import { readLine } from './serve-lines.ts'
import { VERB_NAMES, type VerbName } from './verbs.ts'
import type { WireError } from './wire-errors.ts'

/** Who asked. What is not given is not expected. */
export interface Listener {
  /** The call goes on after its result: until its end. */
  readonly isLong?: boolean
  result?(value: unknown): void
  /** @param release to be called when the byte arrays of the value are not used any more: their memory is used again */
  item?(value: unknown, bytes: number, release: () => void): void
  /** The bytes are the listener's. */
  data?(bytes: Buffer): void
  line?(line: OutputChunk): void
  credit?(bytes: number): void
  end?(value: unknown): void
  /** The call failed. */
  error(told: WireError): void
  /** The connection has ended. */
  gone(error: HostError): void
}

export interface AskedCall {
  cancel(): void
  credit(bytes: number): void
  data(bytes: Uint8Array): void
  endData(): void
  order(order: unknown): void
}

export interface Asker {
  ask(name: VerbName, args: readonly unknown[], listener: Listener, wantsLines?: boolean): AskedCall
  /** What the root half says first of all. */
  readonly hello: Promise<unknown>
  readonly closed: Promise<void>
}

interface Partial {
  readonly kind: number
  readonly parts: Buffer[]
}

/** @param reads where the bytes of the connection come from, when it does not tell them itself */
export function createAsker(connection: Duplex, reads?: ReusedReads): Asker {
  const memory = createChunkMemory()
  const listeners = new Map<number, Listener>()
  const partial = new Map<number, Partial>()
  const hello = Promise.withResolvers<unknown>()
  hello.promise.catch(() => undefined)
  let lastId = 0
  const goneError = () =>
    new HostError('PANEL_RESTARTING', { detail: 'the root half of the panel has ended' })

  /** @param isOwn the memory is used by nobody else */
  function onMessage(kind: number, id: number, bytes: Buffer, isOwn: boolean): void {
    const value = decodeMessage(bytes, isOwn ? 'in place' : 'copied')
    const release = () => memory.give(bytes)
    if (kind === KIND.hello) hello.resolve(value)
    const listener = listeners.get(id)
    if (!listener) {
      release()
      return
    }
    if (kind === KIND.error || (kind === KIND.result && !listener.isLong)) listeners.delete(id)
    if (kind === KIND.item) listener.item?.(value, bytes.length, release)
    else if (kind === KIND.result) listener.result?.(value)
    else if (kind === KIND.error) listener.error(value as WireError)
  }

  /** A message in several frames: all but the last are full. */
  function collect({ kind, id, payload, isOwn }: Frame): void {
    const begun = kind === KIND.more ? partial.get(id) : { kind, parts: [] }
    if (!begun) return
    const isWhole = payload.length < MAX_PAYLOAD_BYTES
    if (isWhole && begun.parts.length === 0) {
      onMessage(kind, id, payload, isOwn === true)
      return
    }
    begun.parts.push(isOwn ? payload : Buffer.from(payload))
    if (!isWhole) {
      partial.set(id, begun)
      return
    }
    partial.delete(id)
    const whole = Buffer.concat(begun.parts)
    for (const part of begun.parts) memory.give(part)
    onMessage(begun.kind, id, whole, true)
  }

  const reader = createFrameReader((frame) => {
    const { kind, id, payload } = frame
    const listener = listeners.get(id)
    if (kind === KIND.data) listener?.data?.(Buffer.from(payload))
    else if (kind === KIND.line) listener?.line?.(readLine(payload))
    else if (kind === KIND.credit) listener?.credit?.(readCredit(payload))
    else if (kind === KIND.end) {
      listeners.delete(id)
      listener?.end?.(payload.length === 0 ? null : decodeMessage(payload))
    } else collect(frame)
  }, memory.take)
  const onBytes = (bytes: Buffer): void => {
    try {
      reader.push(bytes)
    } catch (error) {
      console.error('host:', error)
      connection.destroy()
    }
  }
  if (reads) reads.listen(onBytes)
  else connection.on('data', onBytes)
  const closed = new Promise<void>((resolve) => {
    const onClose = () => {
      hello.reject(goneError())
      const left = [...listeners.values()]
      listeners.clear()
      for (const listener of left) listener.gone(goneError())
      resolve()
    }
    connection.on('error', (error) => console.error('host:', error))
    connection.on('end', () => connection.destroy())
    if (connection.closed) onClose()
    else connection.once('close', onClose)
  })

  return {
    hello: hello.promise,
    closed,
    ask(name, args, listener, wantsLines = false) {
      lastId = (lastId + 1) % 4_294_967_296
      const id = lastId
      const send = (kind: Kind, payload?: Uint8Array) => {
        if (listeners.has(id)) writeFrame(connection, kind, id, payload)
      }
      if (connection.destroyed) queueMicrotask(() => listener.gone(goneError()))
      else {
        listeners.set(id, listener)
        const verb = Buffer.allocUnsafe(2)
        verb.writeUInt16LE(VERB_NAMES.indexOf(name), 0)
        const message = encodeMessage({ args, ...(wantsLines ? { lines: true } : {}) })
        writeMessage(connection, KIND.call, id, Buffer.concat([verb, message]))
      }
      return {
        cancel: () => send(KIND.cancel),
        credit: (bytes) => send(KIND.credit, creditPayload(bytes)),
        data: (bytes) => send(KIND.data, bytes),
        endData: () => send(KIND.end),
        order: (order) => send(KIND.order, encodeMessage(order)),
      }
    },
  }
}
