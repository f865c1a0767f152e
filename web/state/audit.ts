/** The audit log as far as it was read, and what of it is asked for. */
import { signal } from '@preact/signals'
import type { AuditEntry, AuditKind, AuditOutcome, AuditPage } from '../../contract/audit.ts'
import { createRemote } from './remote.ts'

export interface AuditFilter {
  readonly kind: AuditKind | null
  readonly outcome: AuditOutcome | null
}

export const auditFilter = signal<AuditFilter>({ kind: null, outcome: null })
/** Newest first. */
export const auditLog = createRemote<AuditPage>()
/** The number of the newest entry that the panel told of; 0 before. */
export const auditLatest = signal(0)

/**
 * A fresh first page before what was read already. What lies between the two, where so much came that they do not meet,
 * is left to be read again.
 */
export function joinNewer(fresh: AuditPage, known: AuditPage): AuditPage {
  const oldest = fresh.entries.at(-1)?.seq ?? 0
  const doMeet = known.entries.some(({ seq }) => seq >= oldest)
  if (!doMeet) return fresh
  const older = known.entries.filter(({ seq }) => seq < oldest)
  return {
    ...fresh,
    entries: [...fresh.entries, ...older],
    hasMore: older.length > 0 ? known.hasMore : fresh.hasMore,
  }
}

/** What was read already before an older page. */
export function joinOlder(known: AuditPage, older: AuditPage): AuditPage {
  return { ...older, entries: [...known.entries, ...older.entries] }
}

/** Entries as they are shown: the start of an operation goes when its end is there too. */
export function withoutStarts(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const ended = new Set(
    entries.flatMap(({ outcome, action, operationId }) =>
      outcome !== 'started' && action.startsWith('operation.') && operationId !== undefined
        ? [operationId]
        : [],
    ),
  )
  return entries.filter(
    ({ outcome, operationId }) =>
      outcome !== 'started' || operationId === undefined || !ended.has(operationId),
  )
}
