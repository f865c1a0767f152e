import { refuseBadToken } from '../domain/token.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { reconcileToken } from '../operations/reconcile-token.ts'
import { rotateToken } from '../operations/rotate-token.ts'
import { readRequiredToken, readTokenStatus } from '../operations/token-files.ts'
import type { PanelDeps } from './deps.ts'

type TokenKeys =
  | 'GET /api/token'
  | 'POST /api/token/reveal'
  | 'POST /api/token/rotate'
  | 'POST /api/token/reconcile'

export function tokenRoutes({ host, runner, remember }: PanelDeps): Pick<Handlers, TokenKeys> {
  return {
    'GET /api/token': () => readTokenStatus(host),
    'POST /api/token/reveal': async () => {
      const found = await readRequiredToken(host)
      remember(found.token)
      return found
    },
    'POST /api/token/rotate': async ({ body, request }) => {
      if (body.token !== undefined) refuseBadToken(body.token)
      const { id } = await runner.start(rotateToken(host, remember, body.token), request.startedBy)
      return { operationId: id }
    },
    'POST /api/token/reconcile': async ({ request }) => {
      const { id } = await runner.start(reconcileToken(host, remember), request.startedBy)
      return { operationId: id }
    },
  }
}
