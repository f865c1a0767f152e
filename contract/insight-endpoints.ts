/** Endpoints of what the gateway says of itself. */
import type { Endpoint } from './endpoint.ts'
import { GatewayInsight, InsightRefresh } from './insight.ts'

export const INSIGHT_ENDPOINTS = {
  'GET /api/gateway/insight': {
    access: 'session',
    summary: 'Version, models, sessions, jobs and channels as the gateway said last; runs nothing',
    response: GatewayInsight,
  },
  'POST /api/gateway/insight/refresh': {
    access: 'session',
    summary: 'Ask the gateway again, one command after the other, at low priority; how far that is',
    body: InsightRefresh,
    response: GatewayInsight,
    status: 202,
  },
} as const satisfies Record<string, Endpoint>
