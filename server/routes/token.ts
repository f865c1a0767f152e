import { maskToken } from '../domain/token.ts'
import { SetupError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { readEffectiveToken, requireUser } from '../operations/gateway-files.ts'
import { rotateToken } from '../operations/rotate-token.ts'
import type { PanelDeps } from './deps.ts'

type TokenKeys = 'GET /api/token' | 'POST /api/token/reveal' | 'POST /api/token/rotate'

export function tokenRoutes({ host, runner, remember }: PanelDeps): Pick<Handlers, TokenKeys> {
  async function readToken() {
    const { user } = await requireUser(host)
    const found = await readEffectiveToken(host, user)
    if (!found) throw new SetupError('TOKEN_MISSING')
    remember(found.token)
    return found
  }
  return {
    'GET /api/token': async () => {
      const { token, source, sourcesAgree } = await readToken()
      return { masked: maskToken(token), length: token.length, source, sourcesAgree, findings: [] }
    },
    'POST /api/token/reveal': async () => {
      const { token, source, sourcesAgree } = await readToken()
      return { token, source, sourcesAgree }
    },
    'POST /api/token/rotate': async ({ request }) => {
      const { id } = await runner.start(rotateToken(host, remember), request.startedBy)
      return { operationId: id }
    },
  }
}
