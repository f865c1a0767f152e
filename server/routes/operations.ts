import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type OperationKeys = 'GET /api/operations' | 'GET /api/operations/:id' | 'DELETE /api/operations/:id'

export function operationRoutes({ runner }: PanelDeps): Pick<Handlers, OperationKeys> {
  return {
    'GET /api/operations': () => runner.list(),
    'GET /api/operations/:id': ({ params }) => runner.get(params.id),
    'DELETE /api/operations/:id': ({ params }) => {
      runner.cancel(params.id)
      return null
    },
  }
}
