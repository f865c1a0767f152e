/** The keys of the logs page: one table for what listens to them and for the dialog that explains them. */

export interface LogKey {
  readonly id: string
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[]
}

/**
 * In the order of the dialog. A part of the page that brings a key adds a row here, its words (log-help.tsx), and what it
 * does to the page.
 */
export const LOG_KEYS = [
  { id: 'filter', keys: ['/'] },
  { id: 'search', keys: ['s'] },
  { id: 'nextMatch', keys: ['n'] },
  { id: 'previousMatch', keys: ['N'] },
  { id: 'nextError', keys: ['e'] },
  { id: 'previousError', keys: ['E'] },
  { id: 'follow', keys: ['f', 'G', 'End'] },
  { id: 'top', keys: ['g', 'Home'] },
  { id: 'pause', keys: [' '] },
  { id: 'times', keys: ['t'] },
  { id: 'wrap', keys: ['w'] },
  { id: 'clearFilters', keys: ['x'] },
  { id: 'help', keys: ['?'] },
] as const satisfies readonly LogKey[]

export type LogKeyId = (typeof LOG_KEYS)[number]['id']

/** What each key does. */
export type LogActions = Readonly<Record<LogKeyId, () => void>>

/** The key's row of the table. */
export function keyIdOf(key: string): LogKeyId | null {
  return LOG_KEYS.find(({ keys }: LogKey) => keys.includes(key))?.id ?? null
}
