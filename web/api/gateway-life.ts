import type { AuditEntry } from '../../contract/audit.ts'
import { api } from './client.ts'

const ENTRIES = 200

/** The newest entries on starts and ends of the gateway, and on operations. @throws {ApiProblem} */
export async function loadGatewayLife(): Promise<readonly AuditEntry[]> {
  const [gateway, operation] = await Promise.all([
    api('GET /api/audit', { query: { kind: 'gateway', limit: ENTRIES } }),
    api('GET /api/audit', { query: { kind: 'operation', limit: ENTRIES } }),
  ])
  return [...gateway.entries, ...operation.entries]
}
