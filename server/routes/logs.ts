import type { LogLine } from '../../contract/logs.ts'
import { sanitizeLogText } from '../domain/log-line.ts'
import { InputError, NotFoundError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from './deps.ts'

const DEFAULT_LIMIT = 500

export function logRoutes({ host }: PanelDeps): Pick<Handlers, 'GET /api/logs' | 'GET /api/logs/line'> {
  return {
    'GET /api/logs': async ({ query: { before, after, at, limit = DEFAULT_LIMIT } }) => {
      const { user, paths } = await requireUser(host)
      if ([before, after, at].filter((place) => place !== undefined).length > 1)
        throw new InputError('REQUEST_INVALID', { detail: 'one of before, after and at' })
      const from = after !== undefined ? { after } : at !== undefined ? { time: parseTime(at) } : null
      const page = from
        ? await host.readLogAfter(user, paths.logFile, from, limit)
        : await host.readLogBefore(user, paths.logFile, before ?? null, limit)
      return { lines: page.lines.map(clean), hasMore: page.hasMore }
    },
    'GET /api/logs/line': async ({ query }) => {
      const { user, paths } = await requireUser(host)
      const line = await host.readLogLine(user, paths.logFile, query.cursor)
      if (!line) throw new NotFoundError('LOG_LINE_NOT_FOUND')
      return { ...line, text: sanitizeLogText(line.text) }
    },
  }
}

const clean = (line: LogLine): LogLine => ({ ...line, text: sanitizeLogText(line.text) })

function parseTime(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(text)} is no time` })
  return time
}
