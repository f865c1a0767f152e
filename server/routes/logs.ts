import { Readable } from 'node:stream'
import { readLines } from '../../contract/log-rows.ts'
import type { LogFilter, LogLine } from '../../contract/logs.ts'
import { describeGap, sanitizeLogText } from '../domain/log-line.ts'
import { InputError, NotFoundError } from '../errors.ts'
import type { UserAccount } from '../host/host.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from './deps.ts'

const DEFAULT_LIMIT = 500

type LogRoutes = Pick<Handlers, 'GET /api/logs' | 'GET /api/logs/line' | 'GET /api/logs/download'>

export function logRoutes({ host }: PanelDeps): LogRoutes {
  return {
    'GET /api/logs': async ({ query: { before, after, at, limit = DEFAULT_LIMIT } }) => {
      const { user, paths } = await requireUser(host)
      if ([before, after, at].filter((place) => place !== undefined).length > 1)
        throw new InputError('REQUEST_INVALID', { detail: 'one of before, after and at' })
      const from = after !== undefined ? { after } : at !== undefined ? { time: parseTime(at) } : null
      const page = from
        ? await host.readLogAfter(user, paths.logFile, from, limit)
        : await host.readLogBefore(user, paths.logFile, before ?? null, limit)
      return { ...page, lines: page.lines.map(clean) }
    },
    'GET /api/logs/line': async ({ query }) => {
      const { user, paths } = await requireUser(host)
      const line = await host.readLogLine(user, paths.logFile, query.cursor)
      if (!line) throw new NotFoundError('LOG_LINE_NOT_FOUND')
      return { ...line, text: sanitizeLogText(line.text) }
    },
    'GET /api/logs/download': async ({ query: { format, ...filter } }) => {
      const { user, paths } = await requireUser(host)
      const day = new Date().toISOString().slice(0, 10)
      return {
        stream: Readable.from(readAll(host, user, paths.logFile, filter, format), { objectMode: false }),
        filename: `gateway-${day}.${format === 'text' ? 'log' : 'jsonl'}`,
      }
    },
  }
}

/** All lines that are kept and pass the filter, as pieces of a file. */
async function* readAll(
  host: PanelDeps['host'],
  user: UserAccount,
  path: string,
  filter: LogFilter,
  format: 'text' | 'jsonl',
): AsyncGenerator<string> {
  const end = new AbortController()
  const backlog = Number.MAX_SAFE_INTEGER
  const request = Object.keys(filter).length === 0 ? { path, backlog } : { path, backlog, filter }
  try {
    for await (const { rows, gap, live } of host.followLog(user, request, end.signal)) {
      if (gap !== undefined) yield `${format === 'text' ? describeGap(gap) : JSON.stringify({ gap })}\n`
      const lines = rows ? (readLines(rows) ?? []) : []
      if (lines.length > 0) yield `${lines.map(format === 'text' ? asText : asJson).join('\n')}\n`
      if (live) return
    }
  } finally {
    end.abort()
  }
}

const asText = ({ time, text }: LogLine): string => `${time} ${plain(text)}`
const asJson = (line: LogLine): string => JSON.stringify({ ...line, text: plain(line.text) })
const plain = (text: string): string => sanitizeLogText(text).replaceAll(/\x1b\[[0-9;]*m/g, '')

const clean = (line: LogLine): LogLine => ({ ...line, text: sanitizeLogText(line.text) })

function parseTime(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new InputError('REQUEST_INVALID', { detail: `${JSON.stringify(text)} is no time` })
  return time
}
