/** Runs the backup agent, as the gateway's user or as the owner of a directory, and streams to it and from it. */
import { PassThrough, type Readable } from 'node:stream'
import { ERROR_CODES, type ErrorCode } from '../../../contract/error-codes.ts'
import { CommandError, ConflictError, HostError, InputError, type PanelError } from '../../errors.ts'
import type { Watch } from '../host.ts'
import { plainText } from '../output-lines.ts'
import type { CommandResult, RunCommand } from '../run-command.ts'
import type { FindReader } from '../source-directory.ts'

/** A backup of what fits a disk takes hours at worst. */
const WORK_TIMEOUT_MS = 6 * 3_600_000
const END_GRACE_MS = 5_000
/** Lists of as many files as a backup may have. */
const HEAP_MEGABYTES = 512

export interface BackupProgram {
  readonly run: RunCommand
  /** dist/server/backup-agent.js, or its source in development. */
  readonly agentFile: string
  /** This process's own Node unless said. */
  readonly nodeFile?: string
  /** Who reads a file that a person named. */
  readonly findReader?: FindReader
}

/** Whose rights the agent has; null: the panel's own. */
export type Owner = { readonly uid: number; readonly gid: number } | null

export interface AgentWork {
  readonly owner: Owner
  readonly env?: Readonly<Record<string, string>>
  readonly args: readonly [verb: string, ...paths: string[]]
  readonly stdin?: Uint8Array | Readable
  readonly watch?: Watch | undefined
}

/**
 * Runs the agent to its end.
 * @returns what it printed
 * @throws {PanelError} what it said; OPERATION_CANCELLED
 */
export async function runAgent(program: BackupProgram, work: AgentWork): Promise<string> {
  const { stdin } = work
  if (stdin === undefined || stdin instanceof Uint8Array)
    return (await start(program, work, work.watch?.signal)).stdout
  // A pipe does not tell its reader that the writer failed: the agent would take what came for all.
  const stop = new AbortController()
  const failed: { error?: unknown } = {}
  stdin.once('error', (error) => {
    failed.error = error
    stop.abort()
  })
  const signals = [stop.signal, ...(work.watch?.signal === undefined ? [] : [work.watch.signal])]
  try {
    return (await start(program, work, AbortSignal.any(signals))).stdout
  } catch (error) {
    throw failed.error ?? error
  } finally {
    stdin.destroy()
  }
}

/**
 * Runs the agent and hands its output to the consumer as it comes. When the consumer fails, the agent is ended.
 * @throws {PanelError} the agent's own error before the consumer's: a stream that ends early is only what follows of it
 */
export async function readAgent<T>(
  program: BackupProgram,
  work: AgentWork,
  consume: (output: Readable) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const output = new PassThrough({ highWaterMark: 1_048_576 })
  const signals = [stop.signal, ...(work.watch?.signal === undefined ? [] : [work.watch.signal])]
  const ended = start(program, work, AbortSignal.any(signals), output)
  const agent: { error: unknown } = { error: null }
  const gone = ended.then(
    () => undefined,
    (error: unknown) => {
      // What we ended ourselves has nothing to say.
      if (!stop.signal.aborted) agent.error = error
      output.destroy(error instanceof Error ? error : new Error(String(error)))
    },
  )
  try {
    return await consume(output)
  } catch (error) {
    // An agent that failed ends its output before it ends itself: why, its exit tells.
    const timer = setTimeout(() => stop.abort(), output.writableEnded ? END_GRACE_MS : 0)
    await gone
    clearTimeout(timer)
    throw agent.error ?? error
  } finally {
    stop.abort()
    output.destroy()
    await gone
  }
}

async function start(
  { run, agentFile, nodeFile = process.execPath }: BackupProgram,
  { owner, env, args, stdin }: AgentWork,
  signal: AbortSignal | undefined,
  stdoutTo?: PassThrough,
): Promise<CommandResult> {
  try {
    return await run([nodeFile, `--max-old-space-size=${HEAP_MEGABYTES}`, agentFile, ...args], {
      timeoutMs: WORK_TIMEOUT_MS,
      ...(owner === null ? {} : { owner }),
      ...(env === undefined ? {} : { env }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(stdoutTo === undefined ? {} : { stdoutTo }),
      ...(signal === undefined ? {} : { watch: { signal } }),
    })
  } catch (error) {
    throw error instanceof CommandError ? asSaid(error) : error
  }
}

/** The agent says what went wrong in one line of JSON. */
function asSaid(error: CommandError): PanelError {
  for (const line of error.failure.lastLines.toReversed()) {
    const said = parse(line)
    if (said === null) continue
    const options = { detail: plainText(said.detail).slice(0, 4_096), cause: error }
    if (said.code === 'BACKUP_EXISTS') return new ConflictError(said.code, options)
    const isInput = ['BACKUP_INVALID', 'ARCHIVE_NOT_FOUND', 'REQUEST_INVALID'].includes(said.code)
    return isInput ? new InputError(said.code, options) : new HostError(said.code, options)
  }
  return error
}

function parse(line: string): { code: ErrorCode; detail: string } | null {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('code' in value) || !('detail' in value)) return null
    const { code, detail } = value
    if (typeof code !== 'string' || typeof detail !== 'string' || !Object.hasOwn(ERROR_CODES, code))
      return null
    return { code: code as ErrorCode, detail }
  } catch {
    // Any other line of the program.
    return null
  }
}
