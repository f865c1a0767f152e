import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { execa } from 'execa'
import { inCgroup, killCgroup, makeCgroup, removeCgroup } from './cgroup.ts'

/** How a program is run; see TestHost.run. */
export interface RunOptions {
  /** A user of the host; root when left out. */
  user?: string
  /** Given to the program's standard input, which is empty otherwise. */
  input?: string | Uint8Array
  /** Added to the environment of a plain login: PATH, HOME, USER, LOGNAME, LANG, XDG_RUNTIME_DIR if it exists. */
  env?: Readonly<Record<string, string>>
  /** After so many milliseconds the program and all it started are killed and the call throws. Default 240000. */
  timeoutMs?: number
  /** `false`: a non-zero exit code is returned instead of thrown. */
  reject?: boolean
  /** Working directory; `/` when left out, for every user may read that. */
  cwd?: string
}

/** How a program ended. A last newline is cut from both outputs. */
export interface RunResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** A long-running program with pipes. Wait for its end by `once(process, 'exit')` of node:events. */
export type HostProcess = ChildProcessWithoutNullStreams

/** A program that is ready to be started in a control group of its own. */
export interface PreparedProgram {
  /** Said in errors. */
  readonly title: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cgroup: string
}

const DEFAULT_TIMEOUT_MS = 240_000
let programs = 0

/** Makes the group that one program and all that it starts will be in. */
export async function makeProgramCgroup(hostGroup: string): Promise<string> {
  programs += 1
  return makeCgroup(hostGroup, 'e2e', `${process.pid}-${programs}`)
}

/**
 * Runs a program to its end.
 * @throws on a non-zero exit (unless `reject: false`) with the end of what it printed, and on a timeout
 */
export async function runToEnd(program: PreparedProgram, options: RunOptions): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const [file = '', ...args] = inCgroup(program.cgroup, program.argv)
  const child = execa(file, args, {
    env: program.env,
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  })
  let timedOut = false
  let killing: Promise<void> = Promise.resolve()
  const timer = setTimeout(() => {
    timedOut = true
    killing = killCgroup(program.cgroup)
  }, timeoutMs)
  const result = await child
  clearTimeout(timer)
  await killing
  // A daemon that it left behind keeps the group; it goes with the host.
  await removeCgroup(program.cgroup)
  const { stdout, stderr } = result
  if (timedOut)
    throw new Error(`${program.title} took more than ${timeoutMs} ms\n${tail(stdout)}\n${tail(stderr)}`)
  const exitCode = result.exitCode ?? 255
  if (exitCode !== 0 && options.reject !== false) {
    const why = result.exitCode === undefined ? result.shortMessage : `exit code ${exitCode}`
    throw new Error(`${program.title}: ${why}\n${tail(stdout)}\n${tail(stderr)}`)
  }
  return { exitCode, stdout, stderr }
}

/** Starts a program and gives it back at once. Its group goes with the host. */
export function startProgram(program: PreparedProgram): HostProcess {
  const [file = '', ...args] = inCgroup(program.cgroup, program.argv)
  return spawn(file, args, { env: program.env })
}

function tail(text: string): string {
  return text.split('\n').slice(-20).join('\n')
}
