/** The panel's end of a user agent: asks it, and replaces it when it hangs, ends or lies. */
import { CommandTimeout, HostError, SetupError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import { costOf, STREAM_CREDIT, STREAM_GRANT } from './user-agent/protocol.ts'
import { type AgentProcess, type AgentProgram, type Ask, startAgent } from './user-agent-process.ts'
import { PingValue } from './user-agent-schemas.ts'

const REQUEST_TIMEOUT_MS = 15_000
/** An agent with nothing but streams is asked for a sign of life this often. */
const PING_EVERY_MS = 30_000

/** Checks a value by a schema; typebox's compiled validators have this shape. */
export interface Checker<T> {
  Check(value: unknown): value is T
}

export interface UserAgent {
  /**
   * @throws {PanelError} what the agent answered
   * @throws {CommandTimeout} after 15 s; the agent is replaced
   * @throws {HostError} COMMAND_FAILED the agent ended, or answered something else than the schema allows
   */
  call<T>(ask: Ask, schema: Checker<T>): Promise<T>
  /**
   * Ends with the signal, or when the agent has no more; throws like {@link call}. Bytes behind an item are good until the
   * next one is asked for: their memory is used again.
   */
  stream<T>(ask: Ask, schema: Checker<T>, signal: AbortSignal): AsyncGenerator<T>
  /** Ends the agent; what is asked for later starts a new one. */
  close(): Promise<void>
}

export interface UserAgentOptions extends AgentProgram {
  /** 15 s unless said. */
  readonly requestTimeoutMs?: number
}

/** @throws {SetupError} USER_UNSUITABLE for root: the whole point is to not be root */
export function createUserAgent(user: UserAccount, options: UserAgentOptions): UserAgent {
  if (user.uid === 0) throw new SetupError('USER_UNSUITABLE', { detail: 'the gateway may not be of root' })
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options
  let running: Promise<AgentProcess> | null = null

  const current = (): Promise<AgentProcess> => {
    if (running) return running
    const forget = (): void => {
      if (running === starting) running = null
    }
    const starting = startAgent(user, options, forget)
    running = starting
    starting.catch(forget)
    return starting
  }
  const timeout = (verb: string): CommandTimeout => {
    const detail = `the file helper of ${user.name} did not answer within ${requestTimeoutMs} ms (${verb})`
    return new CommandTimeout('COMMAND_TIMED_OUT', { detail })
  }
  const ask = <T>(agent: AgentProcess, request: Ask, schema: Checker<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => agent.end(timeout(request.verb)), requestTimeoutMs)
      agent.send(request, {
        receive({ value }) {
          if (!schema.Check(value)) return false
          clearTimeout(timer)
          resolve(value)
          return true
        },
        fail(error) {
          clearTimeout(timer)
          reject(error)
        },
      })
    })
  return {
    call: async (request, schema) => ask(await current(), request, schema),
    async *stream(request, schema, signal) {
      if (signal.aborted) return
      const agent = await current()
      // Should it hang, its end is told to the stream too.
      const ping = setInterval(() => {
        ask(agent, { verb: 'ping', params: null }, PingValue).catch(() => undefined)
      }, PING_EVERY_MS)
      try {
        yield* openStream(agent, request, schema, signal)
      } finally {
        clearInterval(ping)
      }
    },
    async close() {
      const agent = await running
      agent?.end(new HostError('COMMAND_FAILED', { detail: 'the panel is closing' }))
    },
  }
}

async function* openStream<T>(
  agent: AgentProcess,
  request: Ask,
  schema: Checker<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const items: { readonly item: T; readonly bytes: Uint8Array | undefined }[] = []
  /** What the agent may still send, and what of that is used up and not yet given back. */
  let [left, owed] = [STREAM_CREDIT, 0]
  const state: { error: Error | null; isEnded: boolean } = { error: null, isEnded: false }
  let wake: () => void = () => undefined
  const id = agent.send(request, {
    receive({ item: told, end, bytes }) {
      const item = bytes === undefined ? told : { ...(told as object), bytes }
      if (end) state.isEnded = true
      // More than there was credit for would fill our memory.
      else if (left > 0 && schema.Check(item)) {
        left -= costOf(bytes?.length)
        items.push({ item, bytes })
      } else return false
      wake()
      return true
    },
    fail(error) {
      state.error = error
      wake()
    },
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      const next = items.shift()
      if (next !== undefined) {
        yield next.item
        if (next.bytes) agent.memory.give(next.bytes)
        owed += costOf(next.bytes?.length)
        if (owed < STREAM_GRANT) continue
        left += owed
        agent.control({ id, credit: owed })
        owed = 0
      } else if (state.error) throw state.error
      else if (state.isEnded) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (!state.isEnded && !state.error) agent.control({ id, cancel: true })
  }
}
