/** One process of a user agent, from its start to its end: what is sent, who waits for what, and what ends it. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Static } from 'typebox'
import { ERROR_CODES, type ErrorCode } from '../../contract/error-codes.ts'
import { ConflictError, HostError, type PanelError } from '../errors.ts'
import { type ChunkMemory, createChunkMemory } from './chunk-memory.ts'
import { CLEAN_ENVIRONMENT } from './clean-environment.ts'
import type { UserAccount } from './host.ts'
import { plainText } from './output-lines.ts'
import { createReusedReads, openReusedPipe } from './reused-reads.ts'
import { userEnvironment } from './run-as-user.ts'
import { createFrameReader } from './user-agent/frames.ts'
import { type AgentControl, type AgentRequest, CHUNK_LINE, MAX_FRAME_BYTES } from './user-agent/protocol.ts'
import { MAX_ITEM_BYTES, Reply } from './user-agent-schemas.ts'

const MAX_STDERR_CHARACTERS = 2_000
/** Enough for a file of the largest size as JSON and as bytes; logs are read in small pieces. */
const HEAP_MEGABYTES = 128

type ReplyMessage = Static<typeof Reply.schema>

/** What is run as the user: both files must be readable, and Node executable, for everyone. */
export interface AgentProgram {
  readonly agentFile: string
  /** This process's own Node unless said. */
  readonly nodeFile?: string
}

/** A request without its number. */
export type Ask = AgentRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never

/** Who asked. */
export interface Waiting {
  /** Takes an answer, an item or the end; false for what must not come here. */
  receive(message: { value?: unknown; item?: unknown; end?: true; bytes?: Uint8Array }): boolean
  fail(error: Error): void
}

export interface AgentProcess {
  /** Where bytes behind an item are given back to when they were used. */
  readonly memory: Pick<ChunkMemory, 'give'>
  /** Sends a request; its number. */
  send(ask: Ask, waiting: Waiting): number
  /** Gives a stream credit, or ends it. */
  control(message: AgentControl): void
  /** Kills the process; whoever waits is told the reason. */
  end(reason: Error): void
}

/**
 * Starts an agent with the user's uid and gid, no other groups, a clean environment and `/` as its directory.
 * @param onEnd called once when the process is of no more use
 */
export async function startAgent(
  user: UserAccount,
  program: AgentProgram,
  onEnd: () => void,
): Promise<AgentProcess> {
  const { agentFile, nodeFile = process.execPath } = program
  const environment = await userEnvironment(user)
  const reads = createReusedReads()
  const output = await openReusedPipe(reads).catch((cause: Error) => {
    const detail = `no pipe for the file helper of ${user.name} could be made: ${cause.message}`
    throw new HostError('COMMAND_FAILED', { detail, cause })
  })
  const child = spawn(
    nodeFile,
    [
      `--max-old-space-size=${HEAP_MEGABYTES}`,
      '--max-semi-space-size=2',
      '--heap-growing-percent=20',
      agentFile,
    ],
    {
      uid: user.uid,
      gid: user.gid,
      cwd: '/',
      env: { ...CLEAN_ENVIRONMENT, ...environment },
      stdio: ['pipe', output.theirs, 'pipe'],
      // A Ctrl-C for the panel is not one for the agent: it ends when its stdin does.
      detached: true,
    },
  )
  // With other than three pipes the type does not know which are there.
  const { stdin, stderr } = child as { stdin: Writable; stderr: Readable }
  output.theirs.destroy()
  output.ours.on('error', () => undefined)
  child.on('exit', () => output.ours.destroySoon())
  const memory = createChunkMemory()
  const desk = createDesk({ child, stdin, memory, user, onEnd })
  const reader = createFrameReader(
    MAX_FRAME_BYTES,
    desk.receive,
    () => desk.refuse('a line without end'),
    desk.receiveBytes,
    memory.take,
  )
  reads.listen(reader.push)
  // It ended before it read all: 'exit' tells what happened.
  stdin.on('error', () => undefined)
  child.on('error', (cause) => desk.end(startError(user, cause)))
  reportExit(child, stderr, user, desk.end)
  return desk
}

interface Desk extends AgentProcess {
  /** @returns how many bytes belong to it and follow */
  receive(line: string): number
  receiveBytes(bytes: Buffer): void
  refuse(what: string): void
}

interface DeskOf {
  readonly child: ChildProcess
  readonly stdin: Writable
  readonly memory: ChunkMemory
  readonly user: UserAccount
  onEnd(): void
}

function createDesk({ child, stdin, memory, user, onEnd }: DeskOf): Desk {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: Error | null = null
  let beforeBytes: ReplyMessage | null = null

  const end = (reason: Error): void => {
    if (ended) return
    ended = reason
    onEnd()
    child.kill('SIGKILL')
    for (const one of waiting.values()) one.fail(reason)
    waiting.clear()
  }
  const refuse = (what: string): void =>
    end(new HostError('COMMAND_FAILED', { detail: `the file helper of ${user.name} sent ${what}` }))
  const write = (message: AgentRequest | AgentControl): void => {
    if (!ended) stdin.write(`${JSON.stringify(message)}\n`)
  }
  return {
    memory,
    end,
    refuse,
    receive(line) {
      if (ended) return 0
      const reply = parseReply(line)
      if (reply === null || (!waiting.has(reply.id) && reply.id > lastId))
        refuse('something that is no answer')
      else if ('bytes' in reply) {
        beforeBytes = reply
        return reply.bytes
      } else deliver(reply)
      return 0
    },
    receiveBytes(bytes) {
      if (beforeBytes && !ended) deliver(beforeBytes, bytes)
      beforeBytes = null
    },
    send(ask, one) {
      lastId += 1
      if (ended) one.fail(ended)
      else waiting.set(lastId, one)
      write({ ...ask, id: lastId } as AgentRequest)
      return lastId
    },
    control(message) {
      if ('cancel' in message) waiting.delete(message.id)
      write(message)
    },
  }

  function deliver(reply: ReplyMessage, bytes?: Uint8Array): void {
    const one = waiting.get(reply.id)
    // A stream that was cancelled may have had items under way.
    if (!one) return
    if (!('item' in reply)) waiting.delete(reply.id)
    if ('error' in reply) one.fail(toError(reply.error))
    else if (!one.receive(bytes ? { ...reply, bytes } : reply)) {
      waiting.set(reply.id, one)
      refuse('an answer of another shape')
    }
  }
}

function reportExit(
  child: ChildProcess,
  stderrOf: Readable,
  user: UserAccount,
  end: (reason: Error) => void,
): void {
  let stderr = ''
  stderrOf.on('data', (bytes: Buffer) => {
    stderr = (stderr + bytes.toString('utf8')).slice(-MAX_STDERR_CHARACTERS)
  })
  child.on('exit', (code, signal) => {
    const said = stderr.split('\n').filter(Boolean).slice(-3).map(plainText).join(' | ')
    const how = signal ?? `exit code ${code}`
    const detail = `the file helper of ${user.name} ended (${how})${said === '' ? '' : `: ${said}`}`
    end(new HostError('COMMAND_FAILED', { detail }))
  })
}

function parseReply(line: string): ReplyMessage | null {
  const chunk = CHUNK_LINE.exec(line)
  if (chunk) {
    const bytes = Number(chunk[3])
    return bytes > MAX_ITEM_BYTES ? null : { id: Number(chunk[1]), item: { live: chunk[2] === '1' }, bytes }
  }
  try {
    const value: unknown = JSON.parse(line)
    return Reply.Check(value) ? value : null
  } catch {
    // Not JSON: treated as any other line that is no answer.
    return null
  }
}

function toError({ code, detail }: { code: string; detail: string }): PanelError {
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'COMMAND_FAILED'
  const shown = { detail: plainText(detail).slice(0, 4_096) }
  return known === 'ENV_CHANGED' ? new ConflictError(known, shown) : new HostError(known, shown)
}

function startError(user: UserAccount, cause: Error): PanelError {
  const detail = `the file helper could not be started as ${user.name} (${cause.message}): install the panel with ./install.sh, so that its program is readable for every user`
  return new HostError('COMMAND_FAILED', { detail, cause })
}
