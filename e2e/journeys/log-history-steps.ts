import { expect, it } from 'vitest'
import type { LogLine, LogPage, WholeLogLine } from '../../contract/logs.ts'
import type { Problem } from '../../contract/schemas.ts'
import type { Mode } from '../../contract/settings.ts'
import { awaitOperation, callApi, startOperation } from '../host/panel-api.ts'
import { type PanelHost, readStatus } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import type { LogHost } from './log-host.ts'
import { followLog } from './log-talk.ts'

/** Prints lines as the gateway itself, into the pipe that conmon reads. Between the gateway's own, which go on. */
export async function printLines({ panel }: LogHost, texts: readonly string[]): Promise<void> {
  const encoded = Buffer.from(`${texts.join('\n')}\n`).toString('base64')
  const script = `
    const { openSync, writeSync } = require('node:fs')
    writeSync(openSync('/proc/1/fd/1', 'w'), Buffer.from('${encoded}', 'base64'))`
  await panel.podman('exec', 'razroom', 'node', '--eval', script)
}

/** Runs the gateway in the other way, until it answers. */
export async function switchMode(panel: PanelHost, mode: Mode): Promise<void> {
  const id = await startOperation(panel, 'POST /api/mode', { mode })
  const ended = await awaitOperation(panel, id, 'it has ended', ({ state }) => state !== 'running')
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect((await readStatus(panel)).gateway).toMatchObject({ mode, healthy: true })
}

export async function readPage(
  { panel }: LogHost,
  query: Readonly<Record<string, string | number>>,
): Promise<LogPage> {
  const answer = await callApi(panel, `GET /api/logs?${new URLSearchParams(query as Record<string, string>)}`)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body as LogPage
}

/** All that is kept of lines like these, oldest first, by pages of a size that none of it fits. */
export async function readBack(host: LogHost, pattern: RegExp, limit = 97): Promise<LogLine[]> {
  const found: LogLine[] = []
  for (let before: string | undefined; ; ) {
    const { lines, hasMore } = await readPage(host, before === undefined ? { limit } : { limit, before })
    found.unshift(...lines.filter(({ text }) => pattern.test(text)))
    before = lines[0]?.cursor
    if (!hasMore || before === undefined) return found
  }
}

const names = (count: number, what: string): string[] =>
  Array.from({ length: count }, (_, at) => `${what} ${at}`)

/** Tail, pause, resume, and all that was before: in both modes, over what makes the container anew. */
export function itKeepsItsHistory(open: () => LogHost): void {
  it('shows the end, stands still while nobody reads, and goes on where it was after a disconnect', async () => {
    const host = open()
    await printLines(host, names(5, 'before'))
    const talk = await followLog(host, { backlog: 3 })
    await talk.untilLine('before 4')
    await talk.until('it is live', ({ frames }) => frames.some(({ type }) => type === 'live'))
    talk.say('pause')
    await printLines(host, names(200, 'paused'))
    talk.say('resume')
    const last = await talk.untilLine('paused 199')
    await talk.end()
    await printLines(host, names(50, 'away'))
    const again = await followLog(host, { backlog: 0, after: last.cursor })
    await again.untilLine('away 49')
    const seen = [...talk.lines, ...again.lines].map(({ text }) => text)
    expect(seen.filter((text) => /^(paused|away) /.test(text))).toEqual([
      ...names(200, 'paused'),
      ...names(50, 'away'),
    ])
    expect(again.frames.map(({ type }) => type)).not.toContain('gap')
    await again.end()
    const filtered = await followLog(host, { backlog: 1_000, filter: { text: 'AWAY 1', ignoresCase: true } })
    await filtered.untilLine('away 19')
    expect(filtered.lines.map(({ text }) => text)).toEqual(['away 1', ...names(20, 'away').slice(10)])
    await filtered.end()
  })

  it('leads back and forth by cursor and by time, to a line as a whole', async () => {
    const host = open()
    const long = `long ${'é'.repeat(20_000)} end`
    await printLines(host, ['first', ...names(300, 'page'), long, 'last'])
    await waitUntil('the last line is there', 60_000, async () =>
      (await readPage(host, { limit: 50 })).lines.some(({ text }) => text === 'last'),
    )
    const all = (await readPage(host, { limit: 10_000 })).lines
    const at = all.findIndex(({ text }) => text === 'page 150')
    const middle = all[at]
    if (!middle) throw new Error('page 150 is not there')
    const before = await readPage(host, { before: middle.cursor, limit: 10 })
    expect([before.lines, before.hasMore]).toEqual([all.slice(at - 10, at), true])
    const after = await readPage(host, { after: middle.cursor, limit: 10 })
    expect([after.lines, after.hasMore]).toEqual([all.slice(at + 1, at + 11), true])
    // The first of those that were written at that time or later.
    const from = await readPage(host, { at: middle.time, limit: 10_000 })
    const first = all.findIndex(({ time }) => Date.parse(time) >= Date.parse(middle.time))
    expect(from.lines[0]).toEqual(all[first])
    const cut = all.find(({ text, truncated }) => truncated && text.startsWith('long '))
    expect(cut?.text.length).toBeLessThan(long.length)
    const whole = await callApi(host.panel, `GET /api/logs/line?cursor=${cut?.cursor}`)
    expect(whole.body).toEqual({ text: long, truncated: false } satisfies WholeLogLine)
    const gone = await callApi(host.panel, 'GET /api/logs/line?cursor=0123456789ab.5')
    expect([gone.status, (gone.body as Problem).code]).toEqual([404, 'LOG_LINE_NOT_FOUND'])
    expect((await readPage(host, { at: '2999-01-01T00:00:00Z', limit: 5 })).lines).toEqual([])
    const both = await callApi(host.panel, `GET /api/logs?before=${cut?.cursor}&after=${cut?.cursor}`)
    expect([both.status, (both.body as Problem).code]).toEqual([400, 'REQUEST_INVALID'])
  })

  it('has all of it after a recreate, a change of mode to and fro, and a stop', async () => {
    const host = open()
    const { panel } = host
    const expected: string[] = []
    const talk = await followLog(host, { backlog: 0 })
    await talk.until('it is live', ({ frames }) => frames.some(({ type }) => type === 'live'))
    const print = async (what: string) => {
      await printLines(host, names(20, `outlives ${what}`))
      expected.push(...names(20, `outlives ${what}`))
      await talk.untilLine(expected.at(-1) ?? '')
    }
    await print('a recreate')
    await panel.cli('env', 'set', 'SOAKED=1')
    await panel.cli('restart')
    await print('a mode')
    for (const [mode, what] of [
      ['quadlet', 'the way back'],
      ['container', 'a stop'],
    ] as const) {
      await switchMode(panel, mode)
      await print(what)
    }
    await panel.cli('stop')
    // While nothing runs, too.
    expect((await readBack(host, /^outlives /)).map(({ text }) => text)).toEqual(expected)
    expect(talk.lines.map(({ text }) => text).filter((text) => text.startsWith('outlives '))).toEqual(
      expected,
    )
    expect(talk).toMatchObject({ faults: 0, close: undefined })
    expect(talk.frames.map(({ type }) => type)).toEqual(['live'])
    await talk.end()
    await panel.cli('launch')
  })
}
