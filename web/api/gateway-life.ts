import type { AuditEntry, AuditPage } from '../../contract/audit.ts'
import { joinNewer, joinOlder } from '../state/audit.ts'
import { api } from './client.ts'

const KINDS = ['gateway', 'operation'] as const
const PAGE_ENTRIES = 200
/** Of each kind: who scrolls on sees lines without marks. */
const MOST_ENTRIES = 10_000

/** What the audit log says of starts and ends of the gateway, and of operations, as far back as it was read. */
export interface GatewayLife {
  readonly entries: readonly AuditEntry[]
  /** Of nothing since then anything is missing, ms; -Infinity where there is nothing earlier. */
  readonly from: number
  /** What was read of each kind. */
  readonly pages: readonly AuditPage[]
}

/** The newest entries, before those that are known. @throws {ApiProblem} */
export async function loadNewestLife(known: GatewayLife | null): Promise<GatewayLife> {
  const pages = await Promise.all(
    KINDS.map(async (kind, at) => {
      const fresh = await api('GET /api/audit', { query: { kind, limit: PAGE_ENTRIES } })
      const before = known?.pages[at]
      return before ? joinNewer(fresh, before) : fresh
    }),
  )
  return lifeOf(pages)
}

/** One page more of each kind that is not known as far back. @param time ms since the epoch @throws {ApiProblem} */
export async function loadOlderLife(known: GatewayLife, time: number): Promise<GatewayLife> {
  const pages = await Promise.all(
    KINDS.map(async (kind, at) => {
      const page = known.pages[at] ?? { entries: [], hasMore: false, unreadable: 0 }
      const before = page.entries.at(-1)?.seq
      if (before === undefined || fromOf(page) <= time) return page
      return joinOlder(page, await api('GET /api/audit', { query: { kind, limit: PAGE_ENTRIES, before } }))
    }),
  )
  return lifeOf(pages)
}

function lifeOf(pages: readonly AuditPage[]): GatewayLife {
  return {
    pages,
    entries: pages.flatMap(({ entries }) => entries),
    from: Math.max(...pages.map(fromOf)),
  }
}

function fromOf({ entries, hasMore }: Pick<AuditPage, 'entries' | 'hasMore'>): number {
  const oldest = entries.at(-1)
  return hasMore && oldest && entries.length < MOST_ENTRIES ? Date.parse(oldest.at) : -Infinity
}
