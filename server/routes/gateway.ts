import type { Handlers } from '../http/bind-routes.ts'
import { readSetupPlan } from '../operations/preflight.ts'
import { requireNamed } from '../operations/require-named.ts'
import { setupGateway } from '../operations/setup.ts'
import { restartGateway, startGateway } from '../operations/start-gateway.ts'
import { removeContainer, stopGateway } from '../operations/stop-gateway.ts'
import type { PanelDeps } from './deps.ts'

type GatewayKeys =
  | 'GET /api/status'
  | 'GET /api/setup'
  | 'POST /api/setup'
  | 'POST /api/gateway/start'
  | 'POST /api/gateway/stop'
  | 'POST /api/gateway/restart'
  | 'DELETE /api/gateway/container'

export function gatewayRoutes({ host, runner, monitor }: PanelDeps): Pick<Handlers, GatewayKeys> {
  return {
    'GET /api/status': () => monitor.read(),
    'GET /api/setup': () => readSetupPlan(host),
    'POST /api/setup': async ({ body, request }) => {
      await requireNamed(host, body)
      const { id } = await runner.start(setupGateway(host, body), request.startedBy)
      return { operationId: id }
    },
    'POST /api/gateway/start': async ({ request }) => {
      const { id } = await runner.start(startGateway(host), request.startedBy)
      return { operationId: id }
    },
    'POST /api/gateway/stop': async ({ request }) => {
      const { id } = await runner.start(stopGateway(host), request.startedBy)
      return { operationId: id }
    },
    'POST /api/gateway/restart': async ({ request }) => {
      const { id } = await runner.start(restartGateway(host), request.startedBy)
      return { operationId: id }
    },
    'DELETE /api/gateway/container': async ({ request }) => {
      const { id } = await runner.start(removeContainer(host), request.startedBy)
      return { operationId: id }
    },
  }
}
