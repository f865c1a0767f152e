import { MAX_PORT, MIN_ROOTLESS_PORT } from '../../contract/rules.ts'
import { usageError } from './problem-error.ts'

/** A port in decimal, within the limits. `source` names the option or variable it came from. Errors: USAGE. */
export function parsePort(text: string, source: string, min: number, max: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= min && port <= max) return port
  throw usageError(`${source} must be a port from ${min} to ${max}, not ${JSON.stringify(text)}`)
}

/** A host port that a rootless container may publish. Errors: USAGE. */
export function parseHostPort(text: string, source: string): number {
  return parsePort(text, source, MIN_ROOTLESS_PORT, MAX_PORT)
}
