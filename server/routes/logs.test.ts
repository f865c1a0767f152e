import { text as readText } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { listLines } from '../../contract/log-rows.ts'
import type { LogLine } from '../../contract/logs.ts'
import type { Host, LogRequest } from '../host/host.ts'
import type { Call } from '../http/bind-routes.ts'
import { makeDoctorWorld } from '../operations/test-doctor-world.ts'
import { logSearchSocket } from '../ws/log-search-socket.ts'
import type { PanelDeps } from './deps.ts'
import { logRoutes } from './logs.ts'

const line: LogLine = {
  cursor: '0123456789ab.5',
  time: '2026-11-23T11:40:00Z',
  stream: 'stdout',
  text: '\x1b[31mred\x1b[39m \x1b]0;title\x07',
}
const asked: LogRequest[] = []

function depsOf(verbs: Partial<Host>): PanelDeps {
  const world = makeDoctorWorld()
  world.break(verbs)
  return { host: world.options.host } as Partial<PanelDeps> as PanelDeps
}

test('a line that is not kept any more is told', async () => {
  const routes = logRoutes(depsOf({ readLogLine: async () => null }))
  const call = { query: { cursor: line.cursor } } as Partial<Call<'GET /api/logs/line'>>
  await expect(routes['GET /api/logs/line'](call as Call<'GET /api/logs/line'>)).rejects.toMatchObject({
    code: 'LOG_LINE_NOT_FOUND',
  })
})

test('a download has all that is kept, or what passes a filter, as plain text', async () => {
  const routes = logRoutes(
    depsOf({
      async *followLog(_user, request) {
        asked.push(request)
        for (const rows of listLines([line, line])) yield { rows, live: false }
        yield { live: true }
        throw new Error('it is asked for what comes later')
      },
    }),
  )
  const call = { query: { format: 'text', text: 'red' } } as Partial<Call<'GET /api/logs/download'>>
  const { stream } = await routes['GET /api/logs/download'](call as Call<'GET /api/logs/download'>)
  expect(await readText(stream)).toBe(`${line.time} red \n`.repeat(2))
  expect(asked).toMatchObject([{ backlog: Number.MAX_SAFE_INTEGER, filter: { text: 'red' } }])
})

test('a download says where lines are lost, in both forms', async () => {
  const routes = logRoutes(
    depsOf({
      async *followLog() {
        for (const rows of listLines([line])) yield { rows, live: false }
        for (const rows of listLines([line])) yield { rows, gap: 'nobody kept them', live: false }
        yield { live: true }
      },
    }),
  )
  const read = async (format: 'text' | 'jsonl') => {
    const call = { query: { format } } as Partial<Call<'GET /api/logs/download'>>
    const { stream } = await routes['GET /api/logs/download'](call as Call<'GET /api/logs/download'>)
    return (await readText(stream)).trimEnd().split('\n')
  }
  const shown = `${line.time} red `
  expect((await read('text')).map((text) => text.trimEnd())).toEqual([
    shown.trimEnd(),
    '-- Lines are missing here: nobody kept them',
    shown.trimEnd(),
  ])
  expect(
    (await read('jsonl')).map((text) => JSON.parse(text) as { gap?: string }).map(({ gap }) => gap),
  ).toEqual([undefined, 'nobody kept them', undefined])
})

test('a page says before which line others are lost', async () => {
  const gaps = [{ before: line.cursor, reason: 'nobody kept them' }]
  const routes = logRoutes(depsOf({ readLogBefore: async () => ({ lines: [line], gaps, hasMore: false }) }))
  const call = { query: {} } as Partial<Call<'GET /api/logs'>>
  expect(await routes['GET /api/logs'](call as Call<'GET /api/logs'>)).toMatchObject({ gaps })
})

test.each([
  [{ text: '(', kind: 'regex' as const }, 'LOG_PATTERN_INVALID'],
  [{ text: 'a', kind: 'plain' as const, since: 'noon' }, 'REQUEST_INVALID'],
])('a search for %j is refused', async (what, code) => {
  const query = { limit: 1, context: 0, ...what }
  const route = logSearchSocket(depsOf({}))
  const served = route.serve(
    {} as WebSocket,
    { type: 'hello', ticket: 'a', query },
    new AbortController().signal,
  )
  await expect(served).rejects.toMatchObject({ code })
})
