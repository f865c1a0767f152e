/**
 * The terminal agent: a process of the gateway's user that holds a pseudoterminal and the program on it. It is one of
 * its own because a terminal would otherwise be open in every program that the panel starts meanwhile, and because
 * it sees the panel end, however it does: then it ends the program, cleans up and goes.
 */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { Value } from 'typebox/value'
import { createFrameReader } from '../user-agent/frames.ts'
import { AgentOrder, type AgentReport, AgentStart, MAX_LINE_BYTES } from './protocol.ts'
import { type PtyProgram, startOnPty } from './pty.ts'

/** What podman needs of a login, and nothing else of what this process was given. */
const PASSED_ON = ['PATH', 'LANG', 'HOME', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']
const END_GRACE_MS = 1_000
const CLEAN_UP_LIMIT_MS = 20_000

let program: PtyProgram | null = null
let cleanUp: readonly string[] = []
let isEnding = false

function report(message: AgentReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function environment(): Record<string, string> {
  const known = PASSED_ON.map((name) => [name, process.env[name]] as const)
  const given = known.filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(given), TERM: 'xterm-256color' }
}

async function runToEnd(start: AgentStart): Promise<void> {
  const [file = '', ...args] = start.argv
  cleanUp = start.cleanUp
  program = startOnPty([file, ...args], environment(), start)
  program.output.on('data', (bytes: Buffer) => report({ type: 'output', data: bytes.toString('base64') }))
  const code = await program.ended
  await leaveNothing()
  report({ type: 'exit', code })
  process.exit(0)
}

/** What the program had started elsewhere: its container, or itself inside the gateway's. */
async function leaveNothing(): Promise<void> {
  const [file = '', ...args] = cleanUp
  const child = spawn(file, args, { cwd: '/', env: environment(), stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    // The panel looks for what is left, too: it is not for this process to tell.
    child.on('error', () => resolve())
  })
  await Promise.race([ended, wait(CLEAN_UP_LIMIT_MS)])
}

/** The program ends, then `runToEnd` goes on. */
async function end(): Promise<void> {
  if (isEnding) return
  isEnding = true
  if (!program) process.exit(0)
  program.output.resume()
  send(program.pid, 'SIGHUP')
  await wait(END_GRACE_MS)
  send(program.pid, 'SIGKILL')
}

/** To the program and all in its session's first group. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function obey(order: AgentOrder, running: PtyProgram): void {
  if (order.type === 'input') running.write(order.data)
  else if (order.type === 'resize') running.resize(order)
  else if (order.type === 'end') void end()
  else if (isEnding) return
  else if (order.type === 'pause') running.output.pause()
  else running.output.resume()
}

function receive(line: string): void {
  const message: unknown = JSON.parse(line)
  if (program && Value.Check(AgentOrder, message)) obey(message, program)
  else if (!program && Value.Check(AgentStart, message)) void runToEnd(message)
  else throw new Error('the panel said something else than it should')
}

const reader = createFrameReader(MAX_LINE_BYTES, receive, () => void end())
process.stdin.on('data', (bytes: Buffer) => reader.push(bytes))
process.stdin.on('end', () => void end())
// The panel is gone: there is nobody to tell.
process.stdout.on('error', () => void end())
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
