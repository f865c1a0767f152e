/** Runs programs: argv arrays, a clean environment, a time limit, bounded output, and an end that leaves nothing. */
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { execa, type Options, type Result, type ResultPromise } from 'execa'
import type { ErrorCode } from '../../contract/error-codes.ts'
import { CommandError, CommandMissing, CommandTimeout, ConflictError, HostError } from '../errors.ts'
import type { Redactor } from '../redact.ts'
import { CLEAN_ENVIRONMENT } from './clean-environment.ts'
import { endProcessTree } from './end-process-tree.ts'
import type { Watch } from './host.ts'
import { createLineSplitter } from './output-lines.ts'

/** After a program's end its pipes may stay open in a child that lives on (conmon); quiet for so many looks, they are left. */
const QUIET_LOOKS = 5
const LOOK_EVERY_MS = 50
const END_GRACE_MS = 5_000
const MAX_CAPTURED_BYTES = 8_388_608
const LAST_LINES = 20

export interface RunOptions {
  readonly timeoutMs: number
  /** Added to {@link CLEAN_ENVIRONMENT}. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs as this user and group, with no other group (libuv calls setgroups(0, NULL) before setgid and setuid). */
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly stdin?: Uint8Array | Readable
  /** Open file descriptors that the program gets as 3, 4 ... */
  readonly extraFds?: readonly number[]
  readonly watch?: Watch | undefined
  /** Exit codes that are an answer, not a failure; [0] unless said. */
  readonly okExitCodes?: readonly number[]
  /** False: stdout is only streamed, not kept. Kept output above 8 MiB is an error. */
  readonly capture?: boolean
  /** Takes stdout as it comes, with backpressure, instead of lines; ended with it. */
  readonly stdoutTo?: Writable
  /** The argv to show in errors, where the real one is a wrapper around it. */
  readonly shownArgv?: readonly string[]
  /** Ends what the program had another one run for it; called after its own process tree was ended. */
  readonly afterEnd?: () => Promise<void>
}

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderrLines: readonly string[]
}

export type RunCommand = (argv: readonly [string, ...string[]], options: RunOptions) => Promise<CommandResult>

export interface CommandRunner {
  /**
   * @throws {CommandError} the program exited with another code (DISK_FULL when it said so)
   * @throws {CommandTimeout} after `timeoutMs`
   * @throws {CommandMissing} there is no such program
   * @throws {ConflictError} OPERATION_CANCELLED after the signal of `watch`; its processes are gone by then
   */
  readonly run: RunCommand
  /** Ends every program that still runs. */
  endAll(): Promise<void>
}

/** @param redact masks secrets in every line that is handed on and in every error */
export function createCommandRunner(redact: Redactor): CommandRunner {
  const active = new Set<() => Promise<void>>()
  return {
    async run(argv, options) {
      const child = start(argv, options)
      const endOnce = once(async () => {
        if (child.pid !== undefined) await endProcessTree(child.pid, END_GRACE_MS)
        await options.afterEnd?.()
      })
      active.add(endOnce)
      try {
        return await supervise(child, argv, options, endOnce, redact)
      } finally {
        active.delete(endOnce)
      }
    },
    async endAll() {
      await Promise.all([...active].map((end) => end()))
    },
  }
}

type Child = ResultPromise<Options>

function start(argv: readonly [string, ...string[]], options: RunOptions): Child {
  const [program, ...args] = argv
  const { owner, stdin, extraFds = [] } = options
  return execa(program, args, {
    reject: false,
    buffer: false,
    extendEnv: false,
    env: { ...CLEAN_ENVIRONMENT, ...options.env },
    cwd: '/',
    // Its own process group, so that the whole group can be ended; execa then leaves it alone when we exit.
    detached: true,
    // execa's types know literal descriptors only; any open one is passed on as it is.
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(extraFds as readonly 3[])],
    ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
  }) as Child
}

async function supervise(
  child: Child,
  argv: readonly string[],
  options: RunOptions,
  end: () => Promise<void>,
  redact: Redactor,
): Promise<CommandResult> {
  const output = collectOutput(child, options, redact, () => {
    closePipes(child)
    void stop('overflow').catch(() => child.kill('SIGKILL'))
  })
  let stopped: 'timeout' | 'cancel' | 'overflow' | null = null
  let ending: Promise<void> = Promise.resolve()
  const stop = (reason: 'timeout' | 'cancel' | 'overflow'): Promise<void> => {
    stopped ??= reason
    // Whoever takes the output may have ended too: what it has not taken would keep the pipe open for ever.
    ending = end().finally(() => options.stdoutTo && child.nodeChildProcess.stdout?.destroy())
    return ending
  }
  const timer = setTimeout(() => void stop('timeout').catch(() => child.kill('SIGKILL')), options.timeoutMs)
  const signal = options.watch?.signal
  const onAbort = (): void => void stop('cancel').catch(() => child.kill('SIGKILL'))
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  feed(child, options.stdin)
  child.nodeChildProcess.once('exit', () => void closeQuietPipes(child, options.stdoutTo !== undefined))
  try {
    const result = await child
    output.finish()
    await ending
    return settle(result, { argv: options.shownArgv ?? argv, options, stopped, output, redact })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Each look gives the event loop a turn, so that what is still in the pipes gets read however busy we are. */
async function closeQuietPipes(child: Child, isStdoutTaken: boolean): Promise<void> {
  const { stdout, stderr } = child.nodeChildProcess
  let quiet = 0
  const onData = (): void => {
    quiet = 0
  }
  if (!isStdoutTaken) stdout?.on('data', onData)
  stderr?.on('data', onData)
  for (; quiet < QUIET_LOOKS; quiet++) await wait(LOOK_EVERY_MS, undefined, { ref: false })
  stderr?.destroy()
  // Who takes stdout may be slow, and what is in the pipe is his; only a program that leaves nothing behind has one.
  if (!isStdoutTaken) stdout?.destroy()
}

function closePipes(child: Child): void {
  child.nodeChildProcess.stdout?.destroy()
  child.nodeChildProcess.stderr?.destroy()
}

function feed(child: Child, stdin: Uint8Array | Readable | undefined): void {
  const target = child.nodeChildProcess.stdin
  if (stdin === undefined || !target) return
  // A program that ends before it read everything closes the pipe (EPIPE); its exit code tells what happened.
  target.on('error', () => undefined)
  if (stdin instanceof Uint8Array) target.end(stdin)
  else stdin.pipe(target)
}

interface Output {
  finish(): void
  stdout(): string
  readonly stderrLines: string[]
  readonly stdoutLines: string[]
}

function collectOutput(child: Child, options: RunOptions, redact: Redactor, onOverflow: () => void): Output {
  const lines = { stdout: [] as string[], stderr: [] as string[] }
  const kept: Buffer[] = []
  let keptBytes = 0
  if (options.stdoutTo) child.nodeChildProcess.stdout?.pipe(options.stdoutTo)
  const streams = options.stdoutTo ? (['stderr'] as const) : (['stdout', 'stderr'] as const)
  const finishers = streams.map((stream) => {
    const splitter = createLineSplitter((line) => {
      const text = redact(line)
      lines[stream].push(text)
      if (lines[stream].length > LAST_LINES) lines[stream].shift()
      options.watch?.onLine?.({ stream, text })
    })
    child.nodeChildProcess[stream]?.on('data', (bytes: Buffer) => {
      splitter.push(bytes)
      if (stream !== 'stdout' || options.capture === false) return
      keptBytes += bytes.length
      if (keptBytes <= MAX_CAPTURED_BYTES) kept.push(bytes)
      else onOverflow()
    })
    return splitter
  })
  return {
    finish: () => finishers.forEach((splitter) => void splitter.end()),
    stdout: () => Buffer.concat(kept).toString('utf8'),
    stderrLines: lines.stderr,
    stdoutLines: lines.stdout,
  }
}

interface Settling {
  readonly argv: readonly string[]
  readonly options: RunOptions
  readonly stopped: 'timeout' | 'cancel' | 'overflow' | null
  readonly output: Output
  readonly redact: Redactor
}

function settle(result: Result<Options>, settling: Settling): CommandResult {
  const { options, stopped, output, redact } = settling
  const argv = settling.argv.map(redact)
  const program = argv[0] ?? 'the command'
  const command = argv.join(' ')
  if (stopped === 'cancel') throw new ConflictError('OPERATION_CANCELLED', { detail: program, command })
  if (stopped === 'timeout') {
    const seconds = Math.round(options.timeoutMs / 1000)
    throw new CommandTimeout('COMMAND_TIMED_OUT', { detail: `${program} ran for ${seconds} s`, command })
  }
  if (stopped === 'overflow') {
    throw new HostError('COMMAND_FAILED', { detail: `${program} printed more than 8 MiB`, command })
  }
  const code = 'code' in result ? result.code : undefined
  if (code === 'ENOENT')
    throw new CommandMissing('COMMAND_MISSING', { detail: program, command, cause: result })
  if (code === 'EACCES') {
    throw new HostError('COMMAND_FAILED', { detail: `${program} may not be run`, command, cause: result })
  }
  const { exitCode } = result
  if (exitCode !== undefined && (options.okExitCodes ?? [0]).includes(exitCode)) {
    return { exitCode, stdout: output.stdout(), stderrLines: output.stderrLines }
  }
  const lastLines = output.stderrLines.length > 0 ? output.stderrLines : output.stdoutLines
  throw new CommandError({ argv, exitCode, lastLines }, failureCode(lastLines))
}

/** ENOSPC and EDQUOT as the C library (strerror(3)) and Go print them, and the short write of GNU tar. */
const DISK_FULL = /no space left on device|disk quota exceeded|wrote only \d+ of \d+ bytes/i

function failureCode(lines: readonly string[]): ErrorCode {
  const isDiskFull = lines.some((line) => DISK_FULL.test(line))
  return isDiskFull ? 'DISK_FULL' : 'COMMAND_FAILED'
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= action()
    return running
  }
}
