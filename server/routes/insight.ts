import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type InsightKeys = 'GET /api/gateway/insight' | 'POST /api/gateway/insight/refresh'

export function insightRoutes({ insight }: PanelDeps): Pick<Handlers, InsightKeys> {
  return {
    'GET /api/gateway/insight': () => insight.read(),
    'POST /api/gateway/insight/refresh': ({ body }) => insight.refresh(body),
  }
}
