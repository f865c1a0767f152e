/** Runs podman on a terminal for the page: in an agent of the gateway's user, which leaves nothing behind. */
import { PassThrough, Writable } from 'node:stream'
import { Value } from 'typebox/value'
import { CommandMissing } from '../errors.ts'
import { findProgram } from './clean-environment.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'
import { type AgentOrder, AgentReport, type AgentStart, MAX_LINE_BYTES } from './terminal-agent/protocol.ts'
import { createFrameReader } from './user-agent/frames.ts'

/** An idle terminal is ended long before; this is for one that is never left alone. */
const LONGEST_MS = 12 * 3_600_000
const CLEAN_UP_MS = 60_000
/** Keys that the agent has not taken: beyond that they are dropped. */
const MAX_HELD_BYTES = 65_536

export interface TerminalRequest {
  /** Arguments of podman, rendered from the spec. */
  readonly args: readonly string[]
  /** Arguments of podman that end whatever the first call leaves behind. */
  readonly cleanUpArgs: readonly string[]
  readonly cols: number
  readonly rows: number
}

export interface Terminal {
  write(data: string): void
  resize(size: { readonly cols: number; readonly rows: number }): void
  /** Reads on, or holds the program's output back. */
  setPaused(isPaused: boolean): void
  /** The program ends; `ended` tells when all is gone. */
  end(): void
  /**
   * Exit code; null when it was killed, or the agent was. Rejects only when the half that runs it is gone: what
   * became of the program is then for the next one to say.
   */
  readonly ended: Promise<number | null>
}

export interface Terminals {
  /**
   * Starts podman on a terminal, as the user. `onOutput` gets what is printed until `ended`.
   * @throws CommandMissing there is no podman
   */
  openTerminal(
    user: UserAccount,
    request: TerminalRequest,
    onOutput: (bytes: Buffer) => void,
  ): Promise<Terminal>
  /** Runs the arguments that end what a terminal of a panel that was killed has left behind. */
  cleanUpTerminal(user: UserAccount, cleanUpArgs: readonly string[]): Promise<void>
}

/** @param agentFile terminal-agent.js, readable for everyone */
export function createTerminals(
  runAsUser: RunAsUser,
  agentFile: string,
  find: (program: string) => Promise<string | null> = findProgram,
): Terminals {
  async function cleanUpTerminal(user: UserAccount, cleanUpArgs: readonly string[]): Promise<void> {
    await runAsUser(user, ['podman', ...cleanUpArgs], { timeoutMs: CLEAN_UP_MS })
  }
  return {
    cleanUpTerminal,
    async openTerminal(user, request, onOutput) {
      const podman = await find('podman')
      if (podman === null) throw new CommandMissing('COMMAND_MISSING', { detail: 'podman' })
      const { args, cleanUpArgs, cols, rows } = request
      const start: AgentStart = { argv: [podman, ...args], cleanUp: [podman, ...cleanUpArgs], cols, rows }
      const orders = new PassThrough()
      const say = (line: AgentStart | AgentOrder) => orders.write(`${JSON.stringify(line)}\n`)
      say(start)
      const killed = new AbortController()
      const reports = readReports(onOutput, () => killed.abort())
      const done = runAsUser(user, [process.execPath, agentFile], {
        timeoutMs: LONGEST_MS,
        companion: 'terminal',
        stdin: orders,
        stdoutTo: reports.sink,
        watch: { signal: killed.signal },
      })
      const ended = done.then(
        () => reports.exitCode(),
        async (error: unknown) => {
          console.error('terminal:', error)
          await cleanUpTerminal(user, cleanUpArgs).catch((second: unknown) =>
            console.error('terminal:', second),
          )
          return null
        },
      )
      return {
        write: (data) => {
          if (orders.writableLength < MAX_HELD_BYTES) say({ type: 'input', data })
        },
        resize: (size) => void say({ type: 'resize', cols: size.cols, rows: size.rows }),
        setPaused: (isPaused) => void say({ type: isPaused ? 'pause' : 'resume' }),
        end: () => void say({ type: 'end' }),
        ended,
      }
    },
  }
}

/** Takes the agent's lines. @param onBroken it said what is none of them */
function readReports(
  onOutput: (bytes: Buffer) => void,
  onBroken: () => void,
): { sink: Writable; exitCode(): number | null } {
  let code: number | null = null
  const reader = createFrameReader(
    MAX_LINE_BYTES,
    (line) => {
      const report = parseReport(line)
      if (report === null) throw new Error('the terminal agent said something else')
      if (report.type === 'exit') code = report.code
      else onOutput(Buffer.from(report.data, 'base64'))
    },
    () => sink.destroy(new Error('the terminal agent sent a line without end')),
  )
  const sink = new Writable({
    write(bytes: Buffer, _encoding, done) {
      try {
        reader.push(bytes)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
  sink.on('error', (error) => {
    console.error('terminal:', error)
    onBroken()
  })
  return { sink, exitCode: () => code }
}

function parseReport(line: string): AgentReport | null {
  try {
    const report: unknown = JSON.parse(line)
    return Value.Check(AgentReport, report) ? report : null
  } catch {
    // The error would quote the line, and with it what is on somebody's screen.
    return null
  }
}
