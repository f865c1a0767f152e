import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError } from '../errors.ts'
import type { RunCommand } from './run-command.ts'

const FLOCK_TIMEOUT_MS = 10_000
const WAIT_SECONDS = 10
/** flock(1): exit status when the lock is held by another. */
const HELD = 1

/**
 * The lock that one changing process of the panel holds. flock(1) locks the open file description that it inherits as
 * fd 3; it stays locked while this process has it open, and the kernel releases it when the process dies (flock(2)).
 * @throws {ConflictError} OPERATION_RUNNING, naming the process that holds it
 */
export async function acquireLock(run: RunCommand, runDir: string): Promise<{ release(): Promise<void> }> {
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  const path = join(runDir, 'lock')
  const file = await open(path, 'a+', 0o600)
  try {
    const argv = ['flock', '--exclusive', '--nonblock', '3'] as const
    const { exitCode } = await run(argv, {
      timeoutMs: FLOCK_TIMEOUT_MS,
      extraFds: [file.fd],
      okExitCodes: [0, HELD],
    })
    if (exitCode === HELD) {
      const holder = (await file.readFile('utf8')).trim()
      throw new ConflictError('OPERATION_RUNNING', { detail: `held by the panel’s process ${holder}` })
    }
    await file.truncate(0)
    await file.write(`${process.pid}\n`)
  } catch (error) {
    await file.close()
    throw error
  }
  return { release: () => file.close() }
}

/**
 * Does something while no other process does it that names the same file, which is made, 0600, and stays empty.
 * @throws {CommandError} it was not let go for ten seconds
 */
export async function whileLocked<T>(run: RunCommand, path: string, work: () => Promise<T>): Promise<T> {
  const file = await open(path, 'a', 0o600)
  try {
    await run(['flock', '--exclusive', '--timeout', String(WAIT_SECONDS), '3'], {
      timeoutMs: 2 * WAIT_SECONDS * 1_000,
      extraFds: [file.fd],
    })
    return await work()
  } finally {
    await file.close()
  }
}
