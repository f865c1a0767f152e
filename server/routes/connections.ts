import type { Handlers } from '../http/bind-routes.ts'
import { planConnection, readConnections } from '../operations/connect-files.ts'
import { connectServices } from '../operations/connect-services.ts'
import type { PanelDeps } from './deps.ts'

type ConnectionKeys = 'GET /api/connections' | 'POST /api/connections/preview' | 'POST /api/connections'

export function connectionRoutes({
  host,
  runner,
  commands,
  remember,
}: PanelDeps): Pick<Handlers, ConnectionKeys> {
  return {
    'GET /api/connections': () => readConnections(host),
    'POST /api/connections/preview': async ({ body }) => (await planConnection(host, body)).preview,
    'POST /api/connections': async ({ body, request }) => {
      const plan = await planConnection(host, body, body.etags)
      const operation = connectServices(host, commands, remember, { request: body, plan })
      const { id } = await runner.start(operation, request.startedBy)
      return { operationId: id }
    },
  }
}
