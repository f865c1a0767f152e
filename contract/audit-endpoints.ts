/** Endpoints of the audit log. There is none that changes it. */
import { AuditPage, AuditQuery } from './audit.ts'
import type { Endpoint } from './endpoint.ts'

export const AUDIT_ENDPOINTS = {
  'GET /api/audit': {
    access: 'session',
    summary: 'The audit log, newest first, by cursor',
    query: AuditQuery,
    response: AuditPage,
  },
} as const satisfies Record<string, Endpoint>
