import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, systemErrorCode } from './fatal-error.ts'
import type { SubsystemLog } from './log.ts'
import { saveFile } from './save-file.ts'
import { GATEWAY_VERSION } from './version.ts'

/**
 * Imitates the price of a start. The real gateway compiles its plugins into `/tmp/jiti`: 98 s cold, 51 s with the
 * cache kept (docs/facts/razroom-gateway.md). Here a cold start waits `coldMs`, a warm one half of it; warm means
 * that a former start of this version left its marker in the cache directory.
 * @param coldMs milliseconds; 0 waits for nothing and still leaves the marker
 */
export async function warmUpPlugins(
  coldMs: number,
  log: SubsystemLog,
  cacheDir: string = join(tmpdir(), 'jiti'),
): Promise<void> {
  const marker = join(cacheDir, `bundled-gateway-${GATEWAY_VERSION}.json`)
  const isWarm = hasMarker(marker)
  await sleep(isWarm ? coldMs / 2 : coldMs)
  if (isWarm) return
  try {
    saveFile(marker, `${JSON.stringify({ version: GATEWAY_VERSION, coldMs })}\n`)
  } catch (error) {
    // A cache that can't be kept costs time at the next start and nothing else.
    log.warn(`plugin cache not kept: ${describeError(error)}`)
  }
}

function hasMarker(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').length > 0
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return false
    throw error
  }
}

/**
 * Reads a number of milliseconds from an environment variable.
 * @returns the value, or undefined when the variable is unset or empty
 * @throws {Error} anything but a whole number from 0 to one hour
 */
export function readMilliseconds(name: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  const milliseconds = /^\d{1,7}$/.test(value) ? Number(value) : Number.NaN
  if (milliseconds <= 3_600_000) return milliseconds
  throw new Error(`${name} must be a whole number of milliseconds from 0 to 3600000, got "${value}"`)
}
