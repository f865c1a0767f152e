import {
  type GatewayInsight,
  INSIGHT_PARTS,
  type InsightPartName,
  type InsightRefresh,
} from '../../../contract/insight.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { formatAge } from '../format-time.ts'
import { partLines } from '../insight-lines.ts'
import type { Output } from '../output.ts'
import { chooseSubcommand } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

const POLL_MS = 1_000
const CLEAR_LINE = '\r\x1b[K'

export const insight: Command = {
  name: 'insight',
  summary: 'Show what the gateway says of itself: version, models, sessions, jobs, channels',
  forms: ['insight [PART ...] [--refresh] [--json]'],
  about: [
    `PART is one of: ${INSIGHT_PARTS.join(', ')}. Without one, all of them.\n` +
      'They come from the gateway’s own commands, which load the whole program: one after the other, at the lowest\n' +
      'priority. channels loads every plugin and takes about a minute. What was read within ten minutes, channels within\n' +
      'half an hour, is shown with its age instead of read again, unless --refresh is given.',
    'A gateway that does not run, or that is starting, is not asked: what it said before is shown.\n' +
      'Ctrl-C ends the waiting; what is being read goes on in the panel.',
    'Exit code 1 when a part that was asked for is not known, or could not be read again.',
    'With --json: { available, reason?, parts: { version: { value?, at?, problem?, ... }, ... }, at }.',
  ],
  options: { refresh: { type: 'boolean', about: 'read it again, whatever its age' } },
  examples: [
    ['sudo razroom-panel insight', 'all of it'],
    ['sudo razroom-panel insight models providers', 'without waiting for the channels'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const parts = context.positionals.map((word) => chooseSubcommand('insight', word, INSIGHT_PARTS))
    const wanted = parts.length > 0 ? parts : INSIGHT_PARTS
    const client = await context.client()
    const isForced = context.options.refresh === true
    const request: InsightRefresh = { parts: [...wanted], ...(isForced ? {} : { onlyStale: true }) }
    const begun = await client.call('POST /api/gateway/insight/refresh', { body: request })
    const known = await waitFor(context, client, wanted, begun)
    if (context.out.json) context.out.document(known)
    else for (const line of insightLines(known, wanted, context.out)) context.out.line(line)
    return wanted.every((name) => isKnown(known, name)) ? 0 : 1
  },
}

function isKnown({ parts }: GatewayInsight, name: InsightPartName): boolean {
  const { value, problem } = parts[name]
  return value !== undefined && problem === undefined
}

/** Until none of them is read any more, or the person has had enough. */
async function waitFor(
  { io, out }: CommandContext,
  client: Client,
  wanted: readonly InsightPartName[],
  begun: GatewayInsight,
): Promise<GatewayInsight> {
  let isLeft = false
  const end = io.onInterrupt(() => {
    isLeft = true
  })
  const isLive = out.isTty && !out.json
  let known = begun
  try {
    while (!isLeft && wanted.some((name) => known.parts[name].progress !== 'idle')) {
      if (isLive) void out.write(`${CLEAR_LINE}${progressText(known)}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      known = await client.call('GET /api/gateway/insight', {})
    }
  } finally {
    if (isLive) void out.write(CLEAR_LINE)
    end()
  }
  return known
}

/** What is read now, for how long, and how long it took before. */
function progressText({ parts, at }: GatewayInsight): string {
  const name = INSIGHT_PARTS.find((one) => parts[one].progress === 'reading')
  const waiting = INSIGHT_PARTS.filter((one) => parts[one].progress === 'waiting').length
  if (name === undefined) return `… ${waiting} wait to be read`
  const { startedAt = at, tookMs, isSlow } = parts[name]
  const usual =
    tookMs === undefined
      ? isSlow
        ? ', takes about a minute'
        : ''
      : `, took ${Math.ceil(tookMs / 1000)} s before`
  const more = waiting === 0 ? '' : `; ${waiting} to follow`
  return `… reading ${name}: ${formatAge(startedAt, Date.parse(at)) || '0 s'}${usual}${more}`
}

/** The overview for people, one string a line. */
export function insightLines(
  known: GatewayInsight,
  wanted: readonly InsightPartName[],
  out: Pick<Output, 'style'>,
): string[] {
  const lines = wanted.flatMap((name) => {
    const { at, problem, progress } = known.parts[name]
    const age = at === undefined ? '' : ` (${formatAge(at, Date.parse(known.at)) || '0 s'} ago)`
    const isUnread = at === undefined && problem === undefined
    return [
      `${out.style('bold', name)}${out.style('dim', age)}`,
      ...partLines(known, name).map((line) => printable(`  ${line}`)),
      ...(problem === undefined
        ? []
        : [out.style('yellow', printable(`  could not be read: ${problem.detail ?? problem.title}`))]),
      ...(isUnread ? [out.style('dim', progress === 'idle' ? '  not read yet' : '  still being read')] : []),
    ]
  })
  return known.reason === undefined ? lines : [...lines, '', printable(`Not asked: ${known.reason}`)]
}
