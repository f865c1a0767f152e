import { expect, it } from 'vitest'
import type { LogHit, LogSearchFrame } from '../../contract/logs.ts'
import { waitUntil } from '../host/wait-until.ts'
import { printLines } from './log-history-steps.ts'
import type { LogHost } from './log-host.ts'
import { followLog, type LogTalk, searchLog } from './log-talk.ts'

const RED = '\x1b[31m'
/** Doubles its work with each letter. */
const CATASTROPHE = '^(a+)+$'

const framesOf = ({ frames }: LogTalk): LogSearchFrame[] => frames as unknown as LogSearchFrame[]
const hitsOf = (talk: LogTalk): LogHit[] =>
  framesOf(talk).flatMap((frame) => (frame.type === 'hits' ? frame.hits : []))

/** Search in all that is kept: what is found, what is refused, and how it ends. */
export function itSearches(open: () => LogHost): void {
  /** Texts of the hits, the newest first, and why it ended. */
  const search = async (query: Readonly<Record<string, unknown>>) => {
    const talk = await searchLog(open(), query)
    await talk.until('the search ends', ({ close }) => close !== undefined)
    await talk.end()
    const end = framesOf(talk).find((frame) => frame.type === 'end')
    const texts = hitsOf(talk).map(({ line }) => line.text)
    return {
      texts,
      reason: end?.type === 'end' ? end.reason : undefined,
      hits: hitsOf(talk),
      close: talk.close,
    }
  }

  it('finds plain text, whatever its case and its colours, and patterns; newest first, with what is around', async () => {
    const host = open()
    await printLines(host, [
      'around 1',
      'Needle 1',
      'around 2',
      `nee${RED}dle\x1b[0m 2`,
      'around 3',
      'the needle 3',
      'around 4',
    ])
    const talk = await followLog(host, { backlog: 20 })
    await talk.untilLine('around 4')
    await talk.end()
    expect(await search({ text: 'needle' })).toMatchObject({
      texts: ['the needle 3', `nee${RED}dle\x1b[0m 2`],
      reason: 'whole',
      close: { code: 1000 },
    })
    expect((await search({ text: 'needle', ignoresCase: true })).texts).toHaveLength(3)
    expect((await search({ text: '^needle \\d$', kind: 'regex', ignoresCase: true })).texts).toHaveLength(2)
    const limited = await search({ text: 'needle', limit: 1, context: 1 })
    expect(limited).toMatchObject({ texts: ['the needle 3'], reason: 'limit' })
    const [hit] = limited.hits
    expect([hit?.before[0]?.text, hit?.after[0]?.text]).toEqual(['around 3', 'around 4'])
    const older = await search({ text: 'needle', limit: 1, before: hit?.line.cursor })
    expect(older.texts).toEqual([`nee${RED}dle\x1b[0m 2`])
    expect(await search({ text: 'is nowhere' })).toMatchObject({ texts: [], reason: 'whole' })
  })

  it('refuses a pattern that is none, and gives up one that takes for ever', async () => {
    const host = open()
    const bad = await search({ text: '(', kind: 'regex' })
    expect(bad).toMatchObject({ texts: [], reason: undefined, close: { reason: 'LOG_PATTERN_INVALID' } })
    await printLines(host, [`${'a'.repeat(60)}!`, 'behind the catastrophe'])
    const talk = await followLog(host, { backlog: 5 })
    await talk.untilLine('behind the catastrophe')
    expect(await search({ text: CATASTROPHE, kind: 'regex' })).toMatchObject({ reason: 'slow' })
    // Nobody else waited for it.
    await printLines(host, ['all goes on'])
    await talk.untilLine('all goes on')
    await talk.end()
  })

  it('ends when the socket does, and not before while nobody reads what it finds', async () => {
    const host = open()
    // With what is around each of them, many times what is under way to a client that reads nothing.
    const texts = Array.from({ length: 700 }, (_, at) => `unread ${at} ${'x'.repeat(80)}`)
    await printLines(host, texts)
    const follower = await followLog(host, { backlog: 1 })
    await follower.untilLine(texts.at(-1) ?? '')
    await follower.end()
    const threads = async () =>
      Number(
        (
          await host.panel.host.run([
            'sh',
            '-c',
            'ls /proc/$(pgrep --newest --uid=razroom --full user-agent)/task | wc -l',
          ])
        ).stdout,
      )
    let before = await threads()
    const talk = await searchLog(host, { text: 'unread', limit: 10_000, context: 20 })
    talk.say('pause')
    await waitUntil('the search has its thread', 60_000, async () => {
      const now = await threads()
      // One of a search before may have been on its way out.
      before = Math.min(before, now)
      return now > before
    })
    talk.say('close')
    await talk.until('it is closed', ({ close }) => close !== undefined)
    await talk.end()
    await waitUntil('the thread is gone', 60_000, async () => (await threads()) <= before)
  })
}
