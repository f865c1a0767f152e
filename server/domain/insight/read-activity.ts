/** `--version`, `sessions --json` and `cron list --json` of the gateway. */
import type { CronInsight, SessionsInsight, VersionInsight } from '../../../contract/insight.ts'
import { plainText } from '../plain-text.ts'
import { collect, countMember, isLoose, type Loose, objectOf, said, textOf, timeMember } from './loose.ts'

const MAX_SESSIONS = 50
const MAX_JOBS = 100
const MAX_VERSION = 60
/** A version may stand in a line with the program's name. */
const VERSION = /\b\d+(?:\.\d+)+(?:[-+][A-Za-z0-9.+-]*)?/

/** @param stdout what the command printed; its last line with a version counts */
export function readVersion(stdout: string): VersionInsight | null {
  const line = stdout.split('\n').findLast((candidate) => VERSION.test(candidate))
  const version = plainText(VERSION.exec(line ?? '')?.[0], MAX_VERSION)
  return version === '' ? null : { version }
}

/** @returns null when this is not what the command prints */
export function readSessions(document: unknown): SessionsInsight | null {
  if (!isLoose(document) || !Array.isArray(document.sessions)) return null
  const all: readonly unknown[] = document.sessions
  const latestFirst = all.toSorted((a, b) => updatedAt(b) - updatedAt(a))
  const { list, skipped } = collect(latestFirst, MAX_SESSIONS, (session) => {
    const key = textOf(session.key)
    if (key === '') return null
    return {
      key,
      ...said('kind', textOf(session.kind)),
      ...said('model', textOf(session.model)),
      ...timeMember('updatedAt', session.updatedAt),
      ...countMember('totalTokens', session.totalTokens),
      ...countMember('contextTokens', session.contextTokens),
      wasAborted: session.abortedLastRun === true,
    }
  })
  return { count: all.length, sessions: list, skipped }
}

function updatedAt(session: unknown): number {
  const at = objectOf(session).updatedAt
  return typeof at === 'number' ? at : 0
}

/** @returns null when this is not what the command prints */
export function readCron(document: unknown): CronInsight | null {
  if (!isLoose(document) || !Array.isArray(document.jobs)) return null
  const { list, skipped } = collect(document.jobs, MAX_JOBS, (job) => {
    const name = textOf(job.name) || textOf(job.id)
    if (name === '') return null
    const state = objectOf(job.state)
    return {
      name,
      isEnabled: job.enabled !== false,
      ...said('schedule', scheduleOf(objectOf(job.schedule))),
      ...timeMember('nextRunAt', state.nextRunAtMs),
      ...timeMember('lastRunAt', state.lastRunAtMs),
      ...said('lastStatus', textOf(state.lastStatus)),
      ...said('lastError', textOf(state.lastError)),
    }
  })
  return { jobs: list, skipped }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

function scheduleOf({ kind, expr, tz, everyMs, at, atMs }: Loose): string {
  if (kind === 'cron') return [textOf(expr), textOf(tz)].filter((word) => word !== '').join(' ')
  if (kind === 'every' && typeof everyMs === 'number' && everyMs > 0) {
    const [unit, size] = UNITS.find(([, ms]) => everyMs % ms === 0) ?? ['ms', 1]
    return `every ${everyMs / size} ${unit}`
  }
  if (kind === 'at') return `once ${timeMember('at', at ?? atMs).at ?? ''}`.trim()
  return ''
}
