/**
 * How much the front may write to the audit log. It keeps to limits of its own; these hold when it does not: whoever owns
 * it shall need many hours to push out what was there before.
 */
import type { AuditNote } from '../../../contract/audit.ts'
import { ConflictError } from '../../errors.ts'
import type { Host } from '../host.ts'

const HOUR_MS = 3_600_000
/** The files of the log hold 8 MiB: so two of eight go at once at the most, and the others in twelve hours. */
const BURST_BYTES = 2_097_152
const BYTES_AN_HOUR = 524_288
/** Number, time and names of users, which are put to each entry. */
const ENTRY_BYTES = 192

/** Of this process: it does not begin anew with each connection. */
export interface AuditAllowance {
  /**
   * Keeps the entries of this connection within the limits; when there is room again, how many were left out is an entry.
   * @throws {ConflictError} QUOTA_REACHED from appendAudit()
   */
  limit(appendAudit: Host['appendAudit']): Host['appendAudit']
}

/** @param now for tests: milliseconds of a clock that is never set back */
export function createAuditAllowance(now: () => number = () => performance.now()): AuditAllowance {
  let left = BURST_BYTES
  let countedAt = now()
  let leftOut = 0

  function take(bytes: number): boolean {
    const at = now()
    left = Math.min(BURST_BYTES, left + ((at - countedAt) / HOUR_MS) * BYTES_AN_HOUR)
    countedAt = at
    if (bytes > left) return false
    left -= bytes
    return true
  }

  return {
    limit: (appendAudit) => async (note) => {
      // What strangers bring about has files of its own, which they fill anyway.
      if (note.kind === 'refusal') return appendAudit(note)
      if (!take(Buffer.byteLength(JSON.stringify(note)) + ENTRY_BYTES)) {
        leftOut += 1
        throw new ConflictError('QUOTA_REACHED', { detail: 'too many entries of the audit log in an hour' })
      }
      if (leftOut > 0) {
        const more = leftOut
        leftOut = 0
        await appendAudit(leftOutNote(more))
      }
      return appendAudit(note)
    },
  }
}

function leftOutNote(more: number): AuditNote {
  return {
    kind: 'panel',
    action: 'audit.limited',
    what: 'Entries are missing here: more came than are kept in an hour',
    details: [],
    who: { by: 'panel' },
    outcome: 'refused',
    more,
  }
}
