/** The verbs of the front: each a function that asks the root half, by the kind of the verb. */
import type { Readable } from 'node:stream'
import type { Redactor } from '../../redact.ts'
import type { ContainerCommandResult, OutputChunk, Terminal, Watch } from '../host.ts'
import type { AskedCall, Asker, Listener } from './ask.ts'
import { createCredit, createGrants, createIncoming } from './flow.ts'
import { MAX_PAYLOAD_BYTES } from './frames.ts'
import type { VerbName } from './verbs.ts'
import { fromWire, type WireError } from './wire-errors.ts'

/** Characters of one order to a terminal: far from the limit of a frame. */
const ORDER_CHARACTERS = 16_384

export interface Question {
  readonly asker: Asker
  readonly redact: Redactor
  readonly name: VerbName
  readonly args: readonly unknown[]
}

/** What the direct host masks in a result, since it comes from what a program printed. */
const MASKED: Partial<Record<VerbName, (value: unknown, redact: Redactor) => unknown>> = {
  readContainerLogs: (lines, redact) => (lines as string[]).map(redact),
  execInContainer(value, redact) {
    const result = value as ContainerCommandResult
    return { ...result, stderrLines: result.stderrLines.map(redact) }
  },
}

/** Asked and answered; with `watch` it can be cancelled and says lines. */
export function askOnce(question: Question, watch?: Watch): Promise<unknown> {
  const { asker, redact, name, args } = question
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const signal = watch?.signal
  const onLine = watch?.onLine
  const grants = createGrants((bytes) => call.credit(bytes))
  const onAbort = () => call.cancel()
  const call = asker.ask(
    name,
    args,
    {
      result: (value) => resolve(MASKED[name]?.(value, redact) ?? value),
      ...(onLine ? { line: (line) => onLine(taken(line)) } : {}),
      error: (told) => reject(fromWire(told, redact, signal)),
      gone: reject,
    },
    onLine !== undefined,
  )
  const taken = ({ stream, text }: OutputChunk): OutputChunk => {
    grants.taken(Buffer.byteLength(text) + 1)
    return { stream, text: redact(text) }
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  return promise.finally(() => signal?.removeEventListener('abort', onAbort))
}

/**
 * A sequence; asked for when its first item is. Ends with the signal. Byte arrays of an item are good until the next one
 * is asked for.
 */
export async function* askItems(question: Question, signal: AbortSignal): AsyncGenerator<unknown> {
  const { asker, redact, name, args } = question
  if (signal.aborted) return
  const items: { value: unknown; bytes: number; release: () => void }[] = []
  const state: { error: { readonly why: unknown } | null; isEnded: boolean } = { error: null, isEnded: false }
  let wake: () => void = () => undefined
  const fail = (why: unknown): void => {
    state.error = { why }
    wake()
  }
  const call = asker.ask(name, args, {
    isLong: true,
    item(value, bytes, release) {
      items.push({ value, bytes, release })
      wake()
    },
    end() {
      state.isEnded = true
      wake()
    },
    error: (told) => fail(fromWire(told, redact, signal)),
    gone: fail,
  })
  const grants = createGrants((bytes) => call.credit(bytes))
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      const item = items.shift()
      if (item !== undefined) {
        yield item.value
        item.release()
        grants.taken(item.bytes)
      } else if (state.error) throw state.error.why
      else if (state.isEnded) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    call.cancel()
  }
}

/** A stream of bytes, and what is said of it. */
export function askBytes({ asker, redact, name, args }: Question): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const incoming = createIncoming(
    (bytes) => call.credit(bytes),
    () => call.cancel(),
  )
  const fail = (error: unknown): void => {
    reject(error)
    incoming.fail(error instanceof Error ? error : new Error(String(error)))
  }
  const call = asker.ask(name, args, {
    isLong: true,
    result: (rest) => resolve({ ...(rest as object), stream: incoming.stream }),
    data: (bytes) => void incoming.push(bytes),
    end: () => incoming.end(),
    error: (told) => fail(fromWire(told, redact)),
    gone: fail,
  })
  return promise
}

/** Sends a stream of bytes. Whichever side fails first, the other is ended, and its error is the one. */
export async function sendBytes(question: Question, stream: Readable): Promise<unknown> {
  const { asker, redact, name, args } = question
  const answer = Promise.withResolvers<unknown>()
  const credit = createCredit()
  const call = asker.ask(name, args, {
    result: answer.resolve,
    credit: (bytes) => credit.grant(bytes),
    error: (told) => answer.reject(fromWire(told, redact)),
    gone: answer.reject,
  })
  let source: { readonly error: unknown } | null = null
  const isOver = { is: false }
  pump(stream, call, credit, isOver).catch((error: unknown) => {
    if (isOver.is) return
    source = { error }
    call.cancel()
  })
  try {
    return await answer.promise
  } catch (error) {
    throw source === null ? error : (source as { error: unknown }).error
  } finally {
    isOver.is = true
    credit.close()
    stream.destroy()
  }
}

async function pump(
  stream: Readable,
  call: AskedCall,
  credit: ReturnType<typeof createCredit>,
  isOver: { readonly is: boolean },
): Promise<void> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += MAX_PAYLOAD_BYTES) {
      await credit.ready()
      if (isOver.is) return
      const part = chunk.subarray(at, at + MAX_PAYLOAD_BYTES)
      credit.spend(part.length)
      call.data(part)
    }
  }
  call.endData()
}

/** Something that is held until it is let go, or the connection ends. */
export async function askLock({
  asker,
  redact,
  name,
  args,
}: Question): Promise<{ release(): Promise<void> }> {
  const held = Promise.withResolvers<unknown>()
  const released = Promise.withResolvers<void>()
  const call = asker.ask(name, args, {
    isLong: true,
    result: held.resolve,
    end: () => released.resolve(),
    error(told) {
      held.reject(fromWire(told, redact))
      released.reject(fromWire(told, redact))
    },
    // Whoever held it for us has let it go.
    gone(error) {
      held.reject(error)
      released.resolve()
    },
  })
  released.promise.catch(() => undefined)
  await held.promise
  return {
    release() {
      call.order({ release: true })
      return released.promise
    },
  }
}

/** @param onOutput gets what is printed until `ended` */
export async function askTerminal(
  { asker, redact, name, args }: Question,
  onOutput: (bytes: Buffer) => void,
): Promise<Terminal> {
  const opened = Promise.withResolvers<unknown>()
  const ended = Promise.withResolvers<number | null>()
  const listener: Listener = {
    isLong: true,
    result: opened.resolve,
    data(bytes) {
      onOutput(bytes)
      grants.taken(bytes.length)
    },
    end: (code) => ended.resolve(typeof code === 'number' ? code : null),
    error(told: WireError) {
      opened.reject(fromWire(told, redact))
      ended.resolve(null)
    },
    gone(error) {
      opened.reject(error)
      ended.reject(error)
    },
  }
  // Whoever got the terminal hears of it; one that did not open has nobody who waits for its end.
  ended.promise.catch(() => undefined)
  const call = asker.ask(name, args, listener)
  const grants = createGrants((bytes) => call.credit(bytes))
  await opened.promise
  return {
    write(data) {
      for (let at = 0; at < data.length; at += ORDER_CHARACTERS)
        call.order({ type: 'input', data: data.slice(at, at + ORDER_CHARACTERS) })
    },
    resize: ({ cols, rows }) => call.order({ type: 'resize', cols, rows }),
    setPaused: (isPaused) => call.order({ type: 'paused', isPaused }),
    end: () => call.order({ type: 'end' }),
    ended: ended.promise,
  }
}
