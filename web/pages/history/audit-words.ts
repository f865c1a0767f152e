/** Entries of the audit log in words. */
import type { AuditEntry, AuditKind, AuditOutcome, AuditWho } from '../../../contract/audit.ts'
import { ERROR_CODES, type ErrorCode } from '../../../contract/error-codes.ts'

export const KIND_WORDS = {
  access: 'Logins and access',
  secret: 'Secrets',
  change: 'Changes',
  operation: 'Operations',
  terminal: 'Terminal',
  refusal: 'Refused at the door',
  panel: 'The panel itself',
  gateway: 'The gateway',
} as const satisfies Readonly<Record<AuditKind, string>>

/** Their names are the words for them. */
export const OUTCOME_TONES = {
  done: 'good',
  started: 'accent',
  refused: 'warn',
  failed: 'bad',
  cancelled: 'warn',
} as const satisfies Readonly<Record<AuditOutcome, string>>

/** Names of arguments that are no words. */
const DETAIL_WORDS: Readonly<Record<string, string>> = {
  adminUids: 'users',
  allowedHosts: 'host names',
  backupSchedule: 'backups',
  bridgePort: 'bridge port',
  check: 'finding',
  configDir: 'configuration',
  confirmExposure: 'agreed to other machines',
  containerName: 'container',
  gatewayPort: 'gateway port',
  healthyWithinSeconds: 'answer within seconds',
  id: 'ID',
  ids: 'IDs',
  includeWorkspace: 'with workspace',
  publishAddress: 'address',
  startAtBoot: 'start at boot',
  userns: 'user namespace',
  workspaceDir: 'workspace',
}

/** `gateway port 28789 · mode quadlet`; a time as podman writes it, to the billionth of a second, as the time of day. */
export function detailWords({ details }: Pick<AuditEntry, 'details'>): string {
  const words = (name: string, value: string): string => (name === 'at' ? timeWords(value) : value)
  return details.map(({ name, value }) => `${DETAIL_WORDS[name] ?? name} ${words(name, value)}`).join(' · ')
}

/** The title of the error, where the code is one of the table. */
export function codeWords(code: string): string {
  return code in ERROR_CODES ? ERROR_CODES[code as ErrorCode].title : code
}

/** `alice (1000)`, or the number of a user without a name. */
function userWords(uid: number | undefined, user: string | undefined): string {
  if (uid === undefined) return 'Somebody'
  return user === undefined ? `User ${uid}` : `${user} (${uid})`
}

/** Who it was, and by which way. */
export function whoWords({ by, uid, user, session, saidUid, saidUser }: AuditWho): string {
  const name = userWords(uid, user)
  if (by === 'panel') return 'The panel itself'
  if (by === 'page') return `${name} in the page, session ${session ?? '?'}`
  if (by === 'api') return `${name} by a script, with the token for scripts`
  if (by === 'stranger') return `${name}, not logged in`
  const sudo = saidUid === undefined ? '' : `, by sudo of ${userWords(saidUid, saidUser)} as it says itself`
  return `${name} in a shell, by razroom-panel${sudo}`
}

const DAY = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** The time of day. @param iso when it was */
export function timeWords(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? iso : TIME.format(time)
}

/** The day in the reader's zone. @param now in ms since the epoch, of the same clock */
export function dayWords(iso: string, now: number): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  if (time.toDateString() === new Date(now).toDateString()) return 'Today'
  return time.toDateString() === yesterday.toDateString() ? 'Yesterday' : DAY.format(time)
}

export interface AuditDay {
  readonly day: string
  readonly entries: readonly AuditEntry[]
}

/** Entries by day, in their order. */
export function groupByDay(entries: readonly AuditEntry[], now: number): AuditDay[] {
  const days: { day: string; entries: AuditEntry[] }[] = []
  for (const entry of entries) {
    const day = dayWords(entry.at, now)
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}
