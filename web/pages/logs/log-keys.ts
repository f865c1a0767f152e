/** The keys of the logs page: one table for what listens to them and for the dialog that explains them. */

export interface LogKey {
  readonly id: string
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[]
  readonly words: string
}

/** In the order of the dialog. A part of the page that brings a key adds a row here, and what it does to the page. */
export const LOG_KEYS = [
  { id: 'filter', keys: ['/'], words: 'To the filter; Escape there empties it' },
  { id: 'search', keys: ['s'], words: 'Search in all of the log, with the text of the filter' },
  { id: 'nextMatch', keys: ['n'], words: 'Next line with the text of the filter' },
  { id: 'previousMatch', keys: ['N'], words: 'Previous line with it' },
  { id: 'nextError', keys: ['e'], words: 'Next error' },
  { id: 'previousError', keys: ['E'], words: 'Previous error' },
  { id: 'follow', keys: ['f', 'G', 'End'], words: 'To the newest line, and follow' },
  { id: 'top', keys: ['g', 'Home'], words: 'To the oldest line that is here' },
  { id: 'pause', keys: [' '], words: 'Pause, and go on' },
  { id: 'times', keys: ['t'], words: 'Times: local, UTC, age, none' },
  { id: 'wrap', keys: ['w'], words: 'Wrap long lines, or not' },
  { id: 'clearFilters', keys: ['x'], words: 'Clear all filters' },
  { id: 'help', keys: ['?'], words: 'These keys' },
] as const satisfies readonly LogKey[]

export type LogKeyId = (typeof LOG_KEYS)[number]['id']

/** What each key does. */
export type LogActions = Readonly<Record<LogKeyId, () => void>>

/** The key's row of the table. */
export function keyIdOf(key: string): LogKeyId | null {
  return LOG_KEYS.find(({ keys }: LogKey) => keys.includes(key))?.id ?? null
}

/** The key as it is printed on it. */
export function keyName(key: string): string {
  return key === ' ' ? 'Space' : key
}
