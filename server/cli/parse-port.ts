import { isPublishablePort, MAX_PORT, MIN_ROOTLESS_PORT } from '../../contract/rules.ts'
import { usageError } from './problem-error.ts'

/** A port that needs no privilege, in decimal. `source` names the option or variable it came from. Errors: USAGE. */
export function parseHostPort(text: string, source: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (isPublishablePort(port)) return port
  throw usageError(
    `${source} must be a port from ${MIN_ROOTLESS_PORT} to ${MAX_PORT}, not ${JSON.stringify(text)}`,
  )
}
