import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

// Runs the real program for the tests, each in a home directory of its own.

/** A home directory for one test; `remove` deletes it with all that is in it. */
export interface TestHome {
  home: string
  stateDir: string
  configPath: string
  writeConfig(text: string): void
  remove(): void
}

/** A running program with everything it said so far. */
export interface TestProgram {
  child: ChildProcessByStdio<Writable, Readable, Readable>
  stdout(): string
  stderr(): string
  exitCode: Promise<number | null>
  /** Resolves once `text` is in what it wrote; fails when it ends before or after `timeoutMs`. */
  says(text: string | RegExp, timeoutMs?: number): Promise<void>
  /** Ends it and waits until it is gone; fine when it has ended already. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export const TOKEN = 'test-token-0123456789abcdef0123'
export const LOCAL_CONFIG = `{ gateway: { mode: 'local', auth: { token: '${TOKEN}' } } }`

export function makeTestHome(config?: string): TestHome {
  const home = mkdtempSync(join(tmpdir(), 'bundled-gateway-'))
  const stateDir = join(home, '.razroom')
  const configPath = join(stateDir, 'razroom.json')
  mkdirSync(stateDir, { mode: 0o700 })
  const writeConfig = (text: string) => writeFileSync(configPath, text, { mode: 0o600 })
  if (config !== undefined) writeConfig(config)
  return {
    home,
    stateDir,
    configPath,
    writeConfig,
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/**
 * Starts `main.ts` with arguments, in an environment that holds nothing of the tester's but its PATH.
 * @param wrapper a program with its arguments that runs it, such as setpriv
 */
export function startProgram(
  home: TestHome,
  args: readonly string[],
  env: Record<string, string> = {},
  wrapper: readonly string[] = [],
): TestProgram {
  const [file = process.execPath, ...rest] = [...wrapper, process.execPath, mainPath, ...args]
  return watchProgram(
    spawn(file, rest, {
      cwd: home.home,
      env: { HOME: home.home, TMPDIR: home.home, PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  )
}

/** Starts `main.ts`, closes its stdin and waits for its end. */
export async function runProgram(home: TestHome, args: readonly string[], env: Record<string, string> = {}) {
  const program = startProgram(home, args, env)
  program.child.stdin.end()
  const code = await program.exitCode
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

export function watchProgram(child: ChildProcessByStdio<Writable, Readable, Readable>): TestProgram {
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return {
    child,
    stdout: () => out,
    stderr: () => err,
    exitCode,
    async says(text, timeoutMs = 10_000) {
      const matches = () => (typeof text === 'string' ? (out + err).includes(text) : text.test(out + err))
      const deadline = Date.now() + timeoutMs
      while (!matches()) {
        if (hasEnded()) await exitCode
        if (matches()) return
        if (hasEnded() || Date.now() > deadline) {
          throw new Error(`program did not say ${text} (exit ${child.exitCode}); it said:\n${out}${err}`)
        }
        await sleep(10)
      }
    },
    async end(signal = 'SIGKILL') {
      if (!hasEnded()) child.kill(signal)
      return exitCode
    },
  }
}

/** The program under test. */
export const mainPath = join(import.meta.dirname, 'main.ts')

/** A running gateway with its address. */
export interface TestGateway extends TestProgram {
  port: number
  url: string
}

/** Starts a gateway on a free port and waits for its ready line. */
export async function startGateway(home: TestHome, env: Record<string, string> = {}): Promise<TestGateway> {
  const port = await findFreePort()
  const program = startProgram(home, ['gateway', '--bind', 'loopback', '--port', String(port)], env)
  await program.says('listening on ws://')
  return { ...program, port, url: `http://127.0.0.1:${port}` }
}

/** A port that nobody listens on, with the one above it free as well (the bridge's). */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await tryListen(0)
    if (port !== undefined && port < 65_535 && (await tryListen(port + 1)) !== undefined) return port
  }
}

async function tryListen(port: number): Promise<number | undefined> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    // Taken: the caller tries another.
    return undefined
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : undefined
}
