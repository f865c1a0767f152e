import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

export function auditRoutes({ host }: PanelDeps): Pick<Handlers, 'GET /api/audit'> {
  return { 'GET /api/audit': ({ query }) => host.readAudit(query) }
}
