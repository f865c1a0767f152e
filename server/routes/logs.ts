import { sanitizeLogText } from '../domain/log-line.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from './deps.ts'

const DEFAULT_LIMIT = 500

export function logRoutes({ host }: PanelDeps): Pick<Handlers, 'GET /api/logs'> {
  return {
    'GET /api/logs': async ({ query }) => {
      const { user, paths } = await requireUser(host)
      const page = await host.readLogBefore(
        user,
        paths.logFile,
        query.before ?? null,
        query.limit ?? DEFAULT_LIMIT,
      )
      return {
        lines: page.lines.map((line) => ({ ...line, text: sanitizeLogText(line.text) })),
        hasMore: page.hasMore,
      }
    },
  }
}
