import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { LogLine, LogPage } from '../../contract/logs.ts'
import type { Problem } from '../../contract/schemas.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { HOSTILE_TEXTS, NEVER_SHOWN } from '../attacks/hostile-texts.ts'
import { callApi } from '../host/panel-api.ts'
import { insideArgv, type LogHost } from './log-host.ts'
import { followLog, searchLog } from './log-talk.ts'

const EMPTY_LINES = IS_FULL ? 1_000_000 : 100_000
/** One row of the file, which no conmon wrote: it makes rows of 8 KiB. */
const ROW_MEGABYTES = IS_FULL ? 200 : 20
const MEGABYTE = 1_048_576
/** All of the panel's may grow by so much: what one reader holds, and what is not collected yet. */
const MAX_GROWTH = 96 * MEGABYTE
const COLOURS = /\x1b\[[0-9;]*m/g
const row = (text: string, tag = 'F'): string => `2026-11-23T11:40:08.850000000+00:00 stdout ${tag} ${text}\n`

/** A character of each length, and bytes that are none: too short, too long, out of range, a half of a pair. */
const BYTES = Buffer.concat([
  Buffer.from('aé€😀'),
  Buffer.from([
    0xc3, 0x28, 0xe2, 0x82, 0x28, 0xf0, 0x9f, 0x98, 0x28, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90,
  ]),
  Buffer.from('b\0c'),
])

/** What is no log that a gateway wrote in peace: in the file of it while nobody else writes there. */
export function itWithstandsHostileLogs(open: () => LogHost): void {
  /** Runs a shell line as the gateway's user beside its log. */
  const byHand = (line: string, input: string | Buffer = '') => {
    const { panel, logFile } = open()
    const log = `cd ${logFile.slice(0, logFile.lastIndexOf('/'))}`
    return panel.host.run(['sh', '-c', `${log}; ${line}`], { user: 'razroom', input })
  }
  const append = (...rows: (string | Buffer)[]) =>
    byHand('cat >> gateway.log', Buffer.concat(rows.map((one) => Buffer.from(one))))
  const readLast = async (limit: number): Promise<LogLine[]> =>
    ((await callApi(open().panel, `GET /api/logs?limit=${limit}`)).body as LogPage).lines

  it('shows bytes that are no text, however they are cut into rows', async () => {
    const { panel } = open()
    await panel.cli('stop')
    const talk = await followLog(open(), { backlog: 0 })
    await talk.until('it is live', ({ frames }) => frames.length > 0)
    // conmon cuts a long line anywhere.
    const cuts = Array.from({ length: BYTES.length - 1 }, (_, at) => at + 1)
    const tag = (text: string) => row('', text).slice(0, -1)
    await append(
      ...cuts.flatMap((at) => [tag('P'), BYTES.subarray(0, at), '\n', tag('F'), BYTES.subarray(at), '\n']),
      row('all bytes are there'),
    )
    await talk.untilLine('all bytes are there')
    const shown = BYTES.toString('utf8')
    expect(talk.lines.map(({ text }) => text)).toEqual([...cuts.map(() => shown), 'all bytes are there'])
    await talk.end()
    const clean = shown.replaceAll('\0', '')
    expect((await readLast(2)).map(({ text }) => text)).toEqual([clean, 'all bytes are there'])
  })

  it('shows rows that are none, and a file without any', async () => {
    const strange = [
      'no time at all',
      '2026-11-23T11:40:08.850000000+00:00',
      '2026-11-23T11:40:08.850000000+00:00 stdout',
      '2026-11-23T11:40:08.850000000+00:00 stdlog F text',
      '2026-11-23T11:40:08.850000000+00:00 stdout X text',
      '{"time":"2026-11-23T11:40:08Z","message":"of another driver"}',
      `${'9'.repeat(60)} stdout F text`,
    ]
    await append(strange.map((text) => `${text}\n`).join(''), row('after them'))
    expect((await readLast(strange.length + 1)).map(({ text }) => text)).toEqual([...strange, 'after them'])
  })

  it(`is no larger for ${EMPTY_LINES} empty lines, and for a row of ${ROW_MEGABYTES} MB`, async () => {
    const { panel } = open()
    const readGrowth = await watchPanelBytes(open())
    const talk = await followLog(open(), { backlog: 0 })
    await talk.until('it is live', ({ frames }) => frames.length > 0)
    await append(row('').repeat(EMPTY_LINES), row('emptiness ends'))
    await talk.untilLine('emptiness ends')
    expect(talk.lines).toHaveLength(EMPTY_LINES + 1)
    const head = row('').slice(0, -1)
    await byHand(
      `{ printf '%s' '${head}'; head -c ${ROW_MEGABYTES}M /dev/zero | tr '\\0' y; echo; } >> gateway.log`,
    )
    await append(row('it ends'))
    await talk.untilLine('it ends')
    const long = talk.lines.at(-2)
    expect(long).toMatchObject({ truncated: true })
    expect(long?.text).toMatch(/^y{8000,8192}$/)
    expect(talk).toMatchObject({ faults: 0, close: undefined })
    await talk.end()
    const search = await searchLog(open(), { text: 'emptiness ends' })
    await search.until('the search ends', ({ close }) => close !== undefined)
    expect(search.frames.at(-1)).toEqual({ type: 'end', reason: 'whole' })
    expect(search.frames.flatMap(({ hits = [] }) => hits)).toHaveLength(1)
    await search.end()
    const grown = await readGrowth()
    console.log(`hostile log: PSS +${Math.round(grown / MEGABYTE)} MB`)
    expect(grown).toBeLessThan(MAX_GROWTH)
    // The whole of it is asked for by somebody; he gets what an answer may hold.
    const whole = await callApi(panel, `GET /api/logs/line?cursor=${long?.cursor}`)
    expect(whole.body).toMatchObject({ truncated: true })
    // Pages lead over it, and the empty ones are counted.
    const page = (await readLast(10_000)).map(({ text }) => text.slice(0, 10))
    expect(page.slice(-3)).toEqual(['emptiness ', 'y'.repeat(10), 'it ends'])
    expect(new Set(page.slice(0, -3))).toEqual(new Set(['']))
  })

  it('prints nothing that steers a terminal', async () => {
    const { panel } = open()
    // One that never ends swallows neither its line nor the next.
    const endless = { text: 'a\x1b]8;;https://e.example/b\x1bP1$rc', shown: 'a1$rc' }
    const texts = [...Object.values(HOSTILE_TEXTS), endless]
    await append(...texts.map(({ text }) => row(text)), row('the last of them'))
    const shown = [...texts.map((one) => one.shown), 'the last of them']
    // With a terminal of its own, where colours are kept.
    const logs = (options: string) =>
      panel.host.run(['script', '--quiet', '--command', `razroom-panel logs ${options}`, '/dev/null'], {
        env: { TERM: 'xterm-256color' },
      })
    const lines = async (options: string) => (await logs(options)).stdout.split(/\r?\n/).filter(Boolean)
    const printed = await lines(`-n ${shown.length}`)
    expect(printed.map((line) => line.replaceAll(COLOURS, ''))).toEqual(shown)
    expect(printed.join('').replaceAll(COLOURS, '')).not.toMatch(NEVER_SHOWN)
    expect(printed.join('')).not.toMatch(/\x1b\[(?:\d+;)*[58](?:;\d+)*m/)
    const { stdout } = await panel.tryCli(['logs', '-n', String(shown.length), '--json'])
    expect(stdout.replaceAll('\n', '')).not.toMatch(NEVER_SHOWN)
    expect((JSON.parse(stdout) as LogLine[]).map(({ text }) => text.replaceAll(COLOURS, ''))).toEqual(shown)
  })

  it('goes on whatever the file becomes while it is read', async () => {
    const { panel } = open()
    let number = 0
    const next = () => {
      number += 1
      return `it goes on ${number}`
    }
    const isFollowed = async () => {
      const talk = await followLog(open(), { backlog: 5 })
      const text = next()
      await append(row(text))
      await talk.untilLine(text)
      expect((await readLast(1))[0]?.text).toBe(text)
      await talk.end()
    }
    const readGrowth = await watchPanelBytes(open())
    // What it is about: it is emptied, or another takes its place, and who follows goes on.
    for (const [change, isGap] of [
      [': > gateway.log', true],
      ['cp gateway.log other; mv other gateway.log', false],
      ['rm gateway.log; : > gateway.log', false],
      ['mv gateway.log elsewhere; ln -s elsewhere gateway.log', false],
      ['rm gateway.log; mv elsewhere gateway.log', false],
    ] as const) {
      const talk = await followLog(open(), { backlog: 1 })
      await talk.until('it is live', ({ frames }) => frames.some(({ type }) => type === 'live'))
      await byHand(change)
      const text = next()
      await append(row(text))
      await talk.untilLine(text)
      if (isGap) expect(talk.frames.map(({ type }) => type)).toContain('gap')
      expect(talk).toMatchObject({ faults: 0, close: undefined })
      await talk.end()
    }
    // It is no file any more: that is said, nothing hangs, and nothing is read.
    for (const [change, code] of [
      ['mkfifo gateway.log', 'FILE_REFUSED'],
      ['mkdir gateway.log', 'FILE_REFUSED'],
      ['ln -s /dev/zero gateway.log', 'FILE_REFUSED'],
      ['ln -s gateway.log gateway.log', 'FILE_REFUSED'],
      ['ln -s /etc/shadow gateway.log', 'FILE_DENIED'],
    ] as const) {
      const talk = await followLog(open(), { backlog: 1 })
      await talk.until('it is live', ({ frames }) => frames.some(({ type }) => type === 'live'))
      await byHand(`mv gateway.log kept; ${change}`)
      await talk.until(`the end for ${change}`, ({ close }) => close !== undefined)
      expect(talk.close, change).toMatchObject({ reason: code })
      await talk.end()
      const answer = await callApi(panel, 'GET /api/logs')
      expect((answer.body as Problem).code, change).toBe(code)
      const { exitCode, stderr } = await panel.tryCli(['logs'])
      expect([exitCode === 0, stderr.includes('root:')], change).toEqual([false, false])
      await byHand('rm -rf gateway.log; mv kept gateway.log')
      await isFollowed()
    }
    // So are the names of what is kept.
    await byHand('rm -f gateway.log.2 gateway.log.3; mkfifo gateway.log.2; ln -s /etc/shadow gateway.log.3')
    await isFollowed()
    await byHand('rm gateway.log.2 gateway.log.3')
    const grown = await readGrowth()
    console.log(`hostile files: PSS +${Math.round(grown / MEGABYTE)} MB`)
    expect(grown).toBeLessThan(MAX_GROWTH)
  })
}

/** Watches the memory of all of the panel. @returns what ends that, and says by how many bytes it grew at most */
async function watchPanelBytes({ panel }: LogHost): Promise<() => Promise<number>> {
  const program = await panel.host.spawn(insideArgv('memory-watch.ts'))
  await once(program.stdout, 'data')
  const said = text(program.stdout)
  return async () => {
    program.stdin.end()
    return Number(await said)
  }
}
