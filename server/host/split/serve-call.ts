/** One call of the front, performed on the machine: what it brings is sent as it comes, as far as there is credit. */
import type { Readable } from 'node:stream'
import { InputError } from '../../errors.ts'
import type { Host, OutputChunk, Terminal } from '../host.ts'
import { type Credit, createCredit, createIncoming, type Incoming } from './flow.ts'
import { creditPayload, KIND, type Kind, MAX_PAYLOAD_BYTES, ProtocolError } from './frames.ts'
import { encodeMessage, encodeParts } from './message.ts'
import { createLineSender } from './serve-lines.ts'
import { openServedTerminal } from './serve-terminal.ts'
import type { VerbName } from './verbs.ts'
import { VERBS } from './verbs.ts'
import { toWire } from './wire-errors.ts'

/** The way back to the front. */
export interface Outlet {
  frame(kind: Kind, id: number, payload?: Uint8Array): void
  message(kind: Kind, id: number, message: Buffer): void
  /** Resolves when the parts are on their way: their memory may be used again. */
  item(id: number, parts: readonly [Buffer, ...Uint8Array[]]): Promise<void>
}

export interface CallOrder {
  readonly id: number
  readonly name: VerbName
  /** Checked by the schemas of the verb; an account is whatever {@link Host} is to look up by its name. */
  readonly args: readonly unknown[]
  readonly wantsLines: boolean
}

/** A call that is being performed. */
export interface ServedCall {
  /** Never rejects. */
  readonly done: Promise<void>
  /** It can be ended; others end by themselves. */
  readonly isHeld: boolean
  cancel(): void
  grant(bytes: number): void
  data(bytes: Buffer): void
  endData(): void
  order(order: unknown): void
}

/** Any verb, by what its row says of it: the one place that leaves the types of the list. */
type AnyVerb = (...args: readonly unknown[]) => unknown

export function serveCall(host: Host, order: CallOrder, out: Outlet): ServedCall {
  const { id, name } = order
  const { kind } = VERBS[name]
  const cancelled = new AbortController()
  const { signal } = cancelled
  let onGrant: () => void = () => undefined
  let onOrder: (order: unknown) => void = () => undefined
  const credit = createCredit(() => onGrant())
  const incoming = kind === 'bytes-in' ? openIncoming(id, out) : null
  signal.addEventListener('abort', () => {
    credit.close()
    incoming?.fail(new InputError('OPERATION_CANCELLED', { detail: 'the sender has gone' }))
  })
  const world: CallWorld = {
    call: host[name] as unknown as AnyVerb,
    order,
    out,
    credit,
    signal,
    incoming,
    onGrant: (listener) => {
      onGrant = listener
    },
    onOrder: (listener) => {
      onOrder = listener
    },
  }
  const done = perform(world).catch((error: unknown) =>
    out.message(KIND.error, id, encodeMessage(toWire(error, name, signal))),
  )
  return {
    done,
    isHeld: kind !== 'call',
    cancel: () => cancelled.abort(),
    grant: (bytes) => credit.grant(bytes),
    data(bytes) {
      if (!incoming) throw new ProtocolError(`bytes for ${name}`)
      if (!incoming.push(bytes)) throw new ProtocolError('more bytes than there was credit for')
    },
    endData: () => incoming?.end(),
    order: (said) => onOrder(said),
  }
}

export interface CallWorld {
  readonly call: AnyVerb
  readonly order: CallOrder
  readonly out: Outlet
  readonly credit: Credit
  readonly signal: AbortSignal
  readonly incoming: Incoming | null
  onGrant(listener: () => void): void
  onOrder(listener: (order: unknown) => void): void
}

async function perform(world: CallWorld): Promise<void> {
  const { call, order, out, signal, incoming } = world
  const { id, name, args } = order
  switch (VERBS[name].kind) {
    case 'call':
      return answer(out, id, await call(...args))
    case 'watch':
      return performWatched(world)
    case 'items':
      return sendItems(world, call(...args, signal) as AsyncIterable<unknown>)
    case 'bytes-out':
      return sendBytes(world, (await call(...args)) as { stream: Readable })
    case 'bytes-in':
      return answer(out, id, await call(incoming?.stream, ...args))
    case 'lock':
      return holdLock(world, (await call(...args)) as { release(): Promise<void> })
    case 'terminal':
      return openServedTerminal(world, async (onOutput) => (await call(...args, onOutput)) as Terminal)
    default:
      throw new ProtocolError(`${name} does not cross`)
  }
}

function answer(out: Outlet, id: number, value: unknown): void {
  out.message(KIND.result, id, encodeMessage(value))
}

async function performWatched({ call, order, out, credit, signal, onGrant }: CallWorld): Promise<void> {
  const { id, args, wantsLines } = order
  const lines = createLineSender(credit, (payload) => out.frame(KIND.line, id, payload))
  onGrant(lines.flush)
  const onLine = (line: OutputChunk) => lines.send(line)
  try {
    const value = await call(...args, { signal, ...(wantsLines ? { onLine } : {}) })
    lines.finish()
    answer(out, id, value)
  } catch (error) {
    lines.finish()
    throw error
  }
}

async function sendItems(world: CallWorld, items: AsyncIterable<unknown>): Promise<void> {
  const { out, credit, signal, order } = world
  for await (const item of items) {
    if (signal.aborted) break
    const parts = encodeParts(item)
    if (credit.left <= 0) await credit.ready()
    if (signal.aborted) break
    credit.spend(parts.reduce((sum, { length }) => sum + length, 0))
    await out.item(order.id, parts)
  }
  out.frame(KIND.end, order.id)
}

async function sendBytes(world: CallWorld, opened: { readonly stream: Readable }): Promise<void> {
  const { out, credit, signal, order } = world
  const { stream, ...rest } = opened
  const stop = () => void stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  answer(out, order.id, rest)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += MAX_PAYLOAD_BYTES) {
        await credit.ready()
        if (signal.aborted) return
        const part = chunk.subarray(at, at + MAX_PAYLOAD_BYTES)
        credit.spend(part.length)
        out.frame(KIND.data, order.id, part)
      }
    }
    out.frame(KIND.end, order.id)
  } finally {
    stream.destroy()
  }
}

async function holdLock(world: CallWorld, lock: { release(): Promise<void> }): Promise<void> {
  const { out, signal, order, onOrder } = world
  try {
    answer(out, order.id, null)
    await new Promise<void>((resolve) => {
      onOrder(() => resolve())
      signal.addEventListener('abort', () => resolve(), { once: true })
      if (signal.aborted) resolve()
    })
  } finally {
    await lock.release()
  }
  out.frame(KIND.end, order.id)
}

function openIncoming(id: number, out: Outlet): Incoming {
  return createIncoming(
    (bytes) => out.frame(KIND.credit, id, creditPayload(bytes)),
    // The verb ended before the sender did: its answer says why.
    () => undefined,
  )
}
