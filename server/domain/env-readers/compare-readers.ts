/**
 * What the five readers of `.env` make of the same file, side by side, for findings and for the page. Imports nothing
 * of Node.
 */
import { readAsBash } from './read-as-bash.ts'
import { readAsCompose } from './read-as-compose.ts'
import { readAsDotenv } from './read-as-dotenv.ts'
import { readAsPodman } from './read-as-podman.ts'
import { readAsSystemd } from './read-as-systemd.ts'
import {
  type HostVariables,
  NO_VARIABLES,
  type ReaderImport,
  type ReaderName,
  type ReaderResult,
  type ReaderRun,
} from './reader-result.ts'

export interface CompareOptions {
  /** The variables around the reader: what bare names and `$NAME` take. Default none. */
  readonly env?: HostVariables
  /** `false` leaves out every value and text of the file, for who may not see secrets; groups stay as they are. */
  readonly values?: boolean
  /** systemd's major version, see readAsSystemd. */
  readonly systemdVersion?: number
}

/** What a reader makes of one name. */
export type Outcome =
  /** `value` is missing when values are left out. */
  | { readonly kind: 'value'; readonly value?: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It reads the file and does not set this name. */
  | { readonly kind: 'absent' }
  /** It gives up on the whole file. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not-modelled'; readonly reason: string }

export interface OutcomeGroup {
  /** In the order podman, bash, systemd, dotenv, compose. */
  readonly readers: readonly ReaderName[]
  readonly outcome: Outcome
}

/** One name as any of the readers takes it: to podman `export A` is another name than `A`. */
export interface VariableComparison {
  readonly name: string
  /** Rising; where each reader that sets it does so last. */
  readonly lines: readonly number[]
  /** The group with podman in it first. */
  readonly groups: readonly OutcomeGroup[]
  readonly isSame: boolean
}

/** How a reader fared with the file as a whole. */
export interface ReaderSummary {
  readonly reader: ReaderName
  readonly stop?: {
    readonly kind: 'refused' | 'not-modelled'
    readonly reason: string
    readonly line: number
  }
  /** Without their text when values are left out, and so are the names: a lone line may be a secret gone astray. */
  readonly runs: readonly (Omit<ReaderRun, 'text'> & { readonly text?: string })[]
  readonly imports: readonly (Omit<ReaderImport, 'name'> & { readonly name?: string })[]
}

export interface ReaderComparison {
  readonly readers: readonly ReaderSummary[]
  /** By their first line. */
  readonly variables: readonly VariableComparison[]
}

/** Reads the bytes as each of the five would. Takes any bytes and never throws. */
export function compareReaders(bytes: Uint8Array, options: CompareOptions = {}): ReaderComparison {
  const env = options.env ?? NO_VARIABLES
  const withValues = options.values ?? true
  const systemd = options.systemdVersion === undefined ? {} : { version: options.systemdVersion }
  const results: readonly (readonly [ReaderName, ReaderResult])[] = [
    ['podman', readAsPodman(bytes, env)],
    ['bash', readAsBash(bytes, env)],
    ['systemd', readAsSystemd(bytes, systemd)],
    ['dotenv', readAsDotenv(bytes)],
    ['compose', readAsCompose(bytes, env)],
  ]
  const names = new Set(results.flatMap(([, { lines }]) => [...lines.keys()]))
  const variables = [...names].map((name) => compareVariable(name, results, withValues))
  return {
    readers: results.map(([reader, result]) => summarise(reader, result, withValues)),
    variables: variables.toSorted((a, b) => (a.lines[0] ?? 0) - (b.lines[0] ?? 0)),
  }
}

function summarise(reader: ReaderName, result: ReaderResult, withValues: boolean): ReaderSummary {
  const runs = withValues ? result.runs : result.runs.map(({ line, kind }) => ({ line, kind }))
  const imports = withValues ? result.imports : result.imports.map(({ line }) => ({ line }))
  if (result.ok) return { reader, runs, imports }
  const { kind, reason, line } = result
  return { reader, runs, imports, stop: { kind, reason, line } }
}

function compareVariable(
  name: string,
  results: readonly (readonly [ReaderName, ReaderResult])[],
  withValues: boolean,
): VariableComparison {
  const groups: { readers: ReaderName[]; outcome: Outcome }[] = []
  const lines = new Set<number>()
  for (const [reader, result] of results) {
    const outcome = outcomeOf(name, result)
    const line = result.lines.get(name)
    if (line !== undefined) lines.add(line)
    const group = groups.find((other) => isEqual(other.outcome, outcome))
    if (group) group.readers.push(reader)
    else groups.push({ readers: [reader], outcome })
  }
  return {
    name,
    lines: [...lines].toSorted((a, b) => a - b),
    groups: withValues ? groups : groups.map(withoutValue),
    isSame: groups.length === 1,
  }
}

function outcomeOf(name: string, result: ReaderResult): Outcome {
  const value = result.variables.get(name)
  if (value !== undefined) return { kind: 'value', value }
  const reason = result.unknown.get(name)
  if (reason !== undefined) return { kind: 'unknown', reason }
  return result.ok ? { kind: 'absent' } : { kind: result.kind, reason: result.reason }
}

/** Two that are not known are not the same, nor are refusals for different reasons. */
function isEqual(a: Outcome, b: Outcome): boolean {
  if (a.kind === 'value') return b.kind === 'value' && a.value === b.value
  if (a.kind === 'refused') return b.kind === 'refused' && a.reason === b.reason
  return a.kind === 'absent' && b.kind === 'absent'
}

function withoutValue({ readers, outcome }: OutcomeGroup): OutcomeGroup {
  return { readers, outcome: outcome.kind === 'value' ? { kind: 'value' } : outcome }
}

/**
 * The groups in one line: `podman: “"x"”; bash, systemd, dotenv, compose: “x”`. Values stand between “ and ”, control
 * characters in them as in JSON; without values the groups that set one say `a value`.
 */
export function describeGroups(groups: readonly OutcomeGroup[]): string {
  return groups.map(({ readers, outcome }) => `${readers.join(', ')}: ${describe(outcome)}`).join('; ')
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'value':
      return outcome.value === undefined ? 'a value' : `“${escapeControls(outcome.value)}”`
    case 'absent':
      return 'not set'
    case 'refused':
      return `the file is refused (${outcome.reason})`
    case 'unknown':
    case 'not-modelled':
      return `not known (${outcome.reason})`
  }
}

function escapeControls(text: string): string {
  return text.replace(/[\x00-\x1f\x7f\u2028\u2029]/g, (char) => {
    const short = JSON.stringify(char).slice(1, -1)
    return short === char ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : short
  })
}
