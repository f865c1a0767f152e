/** What a front may use up, and what is written down of it, over all its connections. */
import { type AuditAllowance, createAuditAllowance } from './audit-allowance.ts'
import { createRootRecord, type RootRecord } from './root-record.ts'

export interface FrontBounds {
  readonly audit: AuditAllowance
  readonly record: RootRecord
}

/**
 * Once for each process: who connects anew does not begin anew.
 * @param stateDir root's directory, 0700
 */
export function createFrontBounds(stateDir: string): FrontBounds {
  return { audit: createAuditAllowance(), record: createRootRecord(stateDir) }
}
