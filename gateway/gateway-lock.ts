import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, FatalError, systemErrorCode } from './fatal-error.ts'
import { saveFile } from './save-file.ts'

/** How long a start waits for the former gateway to let go; the number is part of the message. */
const LOCK_TIMEOUT_MS = 5_000
const RETRY_MS = 100

/** SQLite result code for a lock that somebody else holds: https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** A held lock; `problem` tells why there is none when the state directory can't be written. */
export interface GatewayLock {
  problem?: string
  release(): void
}

/**
 * Makes sure that one gateway alone uses a state directory.
 *
 * The lock is the kernel's (SQLite's exclusive lock is an fcntl lock on `gateway.lock`), so it ends with the
 * process, also by kill -9, and it is seen from other containers, where a pid would mean nothing.
 * `gateway.pid` only feeds the message. Without write access the real gateway runs all the same, so does this.
 *
 * @param timeoutMs how long to wait for another gateway, in milliseconds
 * @throws {FatalError} another gateway holds the lock, with the real gateway's text
 */
export async function acquireGatewayLock(
  stateDir: string,
  timeoutMs = LOCK_TIMEOUT_MS,
): Promise<GatewayLock> {
  const path = join(stateDir, 'gateway.lock')
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    // Made here because SQLite would make it world-readable; closed before SQLite locks it, since closing any
    // descriptor of a file gives up the process's fcntl locks on it.
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error
    return { problem: `no lock on ${stateDir}: ${describeError(error)}`, release: () => undefined }
  }
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const database = tryLock(path)
    if (database) {
      saveFile(join(stateDir, 'gateway.pid'), `${process.pid}\n`)
      return { release: () => database.close() }
    }
    if (performance.now() >= deadline) {
      throw new FatalError([
        `Gateway failed to start: gateway already running (pid ${holderPid(stateDir)}); ` +
          `lock timeout after ${timeoutMs}ms`,
      ])
    }
    await sleep(RETRY_MS)
  }
}

function tryLock(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    // Nothing is ever written; with the journal in memory no second file appears.
    database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined
    throw new FatalError(
      [
        `Gateway failed to start: cannot lock ${path} (${describeError(error)}); delete the file and start again`,
      ],
      { cause: error },
    )
  }
}

function holderPid(stateDir: string): string {
  try {
    return readFileSync(join(stateDir, 'gateway.pid'), 'utf8').trim() || 'unknown'
  } catch (error) {
    // The holder writes its pid right after locking; in between there is none to show.
    if (systemErrorCode(error) === 'ENOENT') return 'unknown'
    throw error
  }
}
