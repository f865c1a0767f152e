import type { GatewayInsight, InsightRefresh } from '../../contract/insight.ts'
import { insight } from '../state/insight.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads what the gateway said last. It runs nothing there; a failure becomes part of the state. */
export async function loadInsight(): Promise<void> {
  await loadInto(insight, () => api('GET /api/gateway/insight'))
}

/** Has the gateway asked, one command after the other. @throws {ApiProblem} GATEWAY_NOT_RUNNING, OPERATION_RUNNING */
export async function refreshInsight(request: InsightRefresh): Promise<void> {
  setInsight(await api('POST /api/gateway/insight/refresh', { body: request }))
}

/** Takes in what the panel answered, unless something newer is known. */
function setInsight(next: GatewayInsight): void {
  const known = insight.value
  if (known.kind === 'known' && known.value.at > next.at) return
  insight.value = { kind: 'known', value: next }
}
