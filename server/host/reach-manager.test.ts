import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { CommandError } from '../errors.ts'
import { reachManager } from './reach-manager.ts'
import type { CommandResult, RunOptions } from './run-command.ts'

/** As systemd 257 says it while it reloads itself. */
const BRIDGE = 'Failed to connect to system scope bus via local transport: No such file or directory'
const UNREACHED = [BRIDGE, 'Failed to start transient service unit: Transport endpoint is not connected']
const ARGV = ['systemd-run', 'podman', 'ps'] as const
const PAUSES = [0, 0]

/** A program that ends so each time it is run; the last way once more after that. */
function program(ways: readonly (readonly string[] | CommandResult)[]) {
  const runs: RunOptions[] = []
  const run = async (argv: readonly [string, ...string[]], options: RunOptions): Promise<CommandResult> => {
    const way = ways[Math.min(runs.length, ways.length - 1)] ?? []
    runs.push(options)
    if ('exitCode' in way) return way
    throw new CommandError({ argv, exitCode: 1, lastLines: way })
  }
  return { run: reachManager(run, PAUSES), runs }
}

const done: CommandResult = { exitCode: 0, stdout: 'yes', stderrLines: [] }

it('tries again while the manager cannot be reached', async () => {
  const { run, runs } = program([UNREACHED, UNREACHED, done])
  expect(await run(ARGV, { timeoutMs: 1_000 })).toBe(done)
  expect(runs.length).toBe(3)
})

it('sees it also behind an exit code that is an answer', async () => {
  const stderrLines = [BRIDGE, 'Failed to stop x.service: Transport endpoint is not connected']
  const { run, runs } = program([{ exitCode: 1, stdout: '', stderrLines }, done])
  expect(await run(ARGV, { timeoutMs: 1_000, okExitCodes: [0, 1] })).toBe(done)
  expect(runs.length).toBe(2)
})

it('gives up with the error of the last try', async () => {
  const { run, runs } = program([UNREACHED])
  await expect(run(ARGV, { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  expect(runs.length).toBe(3)
})

it('runs once what failed by itself, and what has a stream to read', async () => {
  const own = program([['Error: no such container', 'Transport endpoint is not connected']])
  await expect(own.run(ARGV, { timeoutMs: 1_000 })).rejects.toThrow('no such container')
  expect(own.runs.length).toBe(1)
  const reading = program([UNREACHED])
  await expect(reading.run(ARGV, { timeoutMs: 1_000, stdin: Readable.from(['x']) })).rejects.toThrow(BRIDGE)
  expect(reading.runs.length).toBe(1)
})
