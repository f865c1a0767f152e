import type { AuditPage } from '../../contract/audit.ts'
import { type AuditFilter, auditFilter, auditLog, joinNewer, joinOlder } from '../state/audit.ts'
import { knownValue } from '../state/remote.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

const PAGE_ENTRIES = 100

function ask({ kind, outcome }: AuditFilter, before?: number): Promise<AuditPage> {
  return api('GET /api/audit', {
    query: {
      limit: PAGE_ENTRIES,
      ...(before === undefined ? {} : { before }),
      ...(kind === null ? {} : { kind }),
      ...(outcome === null ? {} : { outcome }),
    },
  })
}

/** Reads the newest entries that fit the filter. What was read of the same filter stays. A failure becomes part of the state. */
export async function loadAudit(): Promise<void> {
  const filter = auditFilter.value
  await loadInto(auditLog, async () => {
    const fresh = await ask(filter)
    const known = knownValue(auditLog.value)
    return known ? joinNewer(fresh, known) : fresh
  })
}

/** Asks for other entries. */
export async function filterAudit(filter: AuditFilter): Promise<void> {
  auditFilter.value = filter
  auditLog.value = { kind: 'loading' }
  await loadAudit()
}

/** Reads the entries before the last one. @throws {ApiProblem} */
export async function loadOlderAudit(): Promise<void> {
  const filter = auditFilter.value
  const last = knownValue(auditLog.value)?.entries.at(-1)
  if (last === undefined) return
  const older = await ask(filter, last.seq)
  const known = knownValue(auditLog.value)
  // Meanwhile somebody may have asked for others, or the newest may have come without what was there.
  if (known?.entries.at(-1)?.seq === last.seq && auditFilter.value === filter)
    auditLog.value = { kind: 'known', value: joinOlder(known, older) }
}
