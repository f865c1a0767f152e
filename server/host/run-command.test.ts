import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CommandError, CommandMissing, CommandTimeout, type PanelError } from '../errors.ts'
import { createRedactor } from '../redact.ts'
import { processTree, readProcesses } from './process-table.ts'
import { createCommandRunner } from './run-command.ts'

const runner = createCommandRunner(createRedactor(() => ['canary-secret-1']))
const sh = (script: string): [string, ...string[]] => ['sh', '-c', script]

async function failure(run: Promise<unknown>): Promise<PanelError> {
  return run.then(
    () => Promise.reject(new Error('it should have failed')),
    (error: PanelError) => error,
  )
}

describe('createCommandRunner', () => {
  it('gives a program the clean environment, / and nothing else', async () => {
    process.env.LEAKED = 'yes'
    const { stdout } = await runner.run(sh('pwd; env'), { timeoutMs: 5_000, env: { EXTRA: 'a' } })
    delete process.env.LEAKED
    expect(stdout).toContain('/\n')
    const names = stdout.split('\n').map((line) => line.split('=')[0])
    expect(new Set(names)).toEqual(new Set(['/', 'PATH', 'LANG', 'EXTRA', 'PWD', '']))
  })

  it('passes arguments as they are', async () => {
    const words = ['$HOME', '`id`', "a'b", 'x y', '', '--', '*', '\n']
    const { stdout } = await runner.run(['printf', '%s\\0', ...words], { timeoutMs: 5_000 })
    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
  })

  it('feeds bytes and streams to stdin, and survives a reader that stops early', async () => {
    const bytes = await runner.run(['cat'], { timeoutMs: 5_000, stdin: Buffer.from('bytes') })
    expect(bytes.stdout).toBe('bytes')
    const stream = Readable.from([Buffer.from('a'), Buffer.from('b')])
    expect((await runner.run(['cat'], { timeoutMs: 5_000, stdin: stream })).stdout).toBe('ab')
    const early = await runner.run(['true'], { timeoutMs: 5_000, stdin: Buffer.alloc(4_000_000) })
    expect(early.exitCode).toBe(0)
  })

  it('passes open descriptors on', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'run-command-'))
    const handle = await open(directory, 'r')
    const { stdout } = await runner.run(['readlink', '/proc/self/fd/3'], {
      timeoutMs: 5_000,
      extraFds: [handle.fd],
    })
    await handle.close()
    await rm(directory, { recursive: true })
    expect(stdout.trim()).toBe(directory)
  })

  it('streams redacted lines of both outputs, without what a terminal would act on', async () => {
    const lines: string[] = []
    await runner.run(sh("printf 'a\\033[31mred\\033[0m\\rb canary-secret-1\\n'; printf err >&2"), {
      timeoutMs: 5_000,
      watch: { onLine: ({ stream, text }) => lines.push(`${stream} ${text}`) },
    })
    expect(lines.sort()).toEqual(['stderr err', 'stdout ared', 'stdout b ***'])
  })

  it('cuts endless lines and keeps little of them', async () => {
    const lines: string[] = []
    await runner.run(sh('head -c 3000000 /dev/zero | tr "\\0" x; echo; echo end'), {
      timeoutMs: 20_000,
      capture: false,
      watch: { onLine: ({ text }) => lines.push(text) },
    })
    expect(lines.map((line) => line.length)).toEqual([8_193, 3])
  })

  it('refuses to keep more than 8 MiB', async () => {
    const error = await failure(runner.run(['cat', '/dev/zero'], { timeoutMs: 20_000 }))
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', detail: expect.stringContaining('8 MiB') })
  })

  it('does not wait for a child that keeps the pipes open', async () => {
    const started = Date.now()
    const { stdout } = await runner.run(sh('(sleep 60 & echo $!); exit 0'), { timeoutMs: 18_000 })
    expect(Date.now() - started).toBeLessThan(15_000)
    process.kill(Number(stdout), 'SIGKILL')
  })

  it('reports a failure with argv, exit code and last lines, secrets masked', async () => {
    const error = await failure(
      runner.run(sh('echo out; echo "bad canary-secret-1" >&2; exit 3'), { timeoutMs: 5_000 }),
    )
    expect(error).toBeInstanceOf(CommandError)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', failure: { exitCode: 3, lastLines: ['bad ***'] } })
    expect(JSON.stringify([error.command, error.detail])).not.toContain('canary')
  })

  it('takes an expected exit code as an answer', async () => {
    const result = await runner.run(['false'], { timeoutMs: 5_000, okExitCodes: [0, 1] })
    expect(result.exitCode).toBe(1)
  })

  it('knows a full disk, a missing program and one that may not be run', async () => {
    const full = runner.run(sh('echo hello | cat > /dev/full'), { timeoutMs: 5_000 })
    expect(await failure(full)).toMatchObject({ code: 'DISK_FULL' })
    const missing = await failure(runner.run(['no-such-program'], { timeoutMs: 5_000 }))
    expect(missing).toBeInstanceOf(CommandMissing)
    const denied = await failure(runner.run(['/etc/passwd'], { timeoutMs: 5_000 }))
    expect(denied).toMatchObject({ code: 'COMMAND_FAILED', detail: '/etc/passwd may not be run' })
  })

  it('ends a program that takes too long', async () => {
    const error = await failure(runner.run(['sleep', '30'], { timeoutMs: 200 }))
    expect(error).toBeInstanceOf(CommandTimeout)
  })

  it('leaves no process after a cancel, not even one in a session of its own', async () => {
    const controller = new AbortController()
    let seen: number[] = []
    const script = 'setsid sleep 1000 & sh -c "trap : TERM; sleep 1000 & wait; sleep 1000" & echo up; wait'
    const run = runner.run(sh(script), {
      timeoutMs: 30_000,
      watch: {
        signal: controller.signal,
        onLine: () => void snapshot(),
      },
    })
    const snapshot = async (): Promise<void> => {
      // The forks come right after the line; without them there would be nothing to test.
      while (seen.length < 4) {
        const tree = processTree(readProcesses(), process.pid)
        const shell = tree.find((entry) => entry.parent === process.pid && entry.pid !== process.pid)
        seen = shell ? processTree(tree, shell.pid).map((entry) => entry.pid) : []
      }
      controller.abort()
    }
    expect(await failure(run)).toMatchObject({ code: 'OPERATION_CANCELLED' })
    expect(seen.length).toBe(4)
    const left = readProcesses().filter((entry) => seen.includes(entry.pid) && !entry.isZombie)
    expect(left).toEqual([])
  }, 15_000)

  it('does not start what was cancelled before, for long', async () => {
    const run = runner.run(['sleep', '30'], { timeoutMs: 30_000, watch: { signal: AbortSignal.abort() } })
    expect(await failure(run)).toMatchObject({ code: 'OPERATION_CANCELLED' })
  })

  it.runIf(process.getuid?.() === 0)('drops user, group and all other groups', async () => {
    const { stdout } = await runner.run(['cat', '/proc/self/status'], {
      timeoutMs: 5_000,
      owner: { uid: 65534, gid: 65534 },
    })
    expect(stdout).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
    expect(stdout).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/m)
    expect(stdout).toMatch(/^Groups:\t\s*$/m)
    expect(stdout).toMatch(/^CapEff:\t0+$/m)
  })

  it('ends what runs when it closes', async () => {
    const own = createCommandRunner((text) => text)
    const run = failure(own.run(['sleep', '30'], { timeoutMs: 30_000 }))
    await own.endAll()
    expect(await run).toBeInstanceOf(CommandError)
  })
})
