import { alwaysRoot, type Command, type CommandContext, textOption } from '../command.ts'
import { followLogs, type LogSelection, readLogs } from '../log-reading.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { parseSince, parseUntil } from '../since.ts'

const DEFAULT_LINES = 100
/** The most lines that are shown of what is kept, and that a stream looks at before what is live. */
const MAX_BACKLOG = 100_000

export const logs: Command = {
  name: 'logs',
  summary: 'Show the log of the gateway, or follow it',
  forms: ['logs [-f] [-t] [-n N] [--since T] [--until T] [--stream NAME] [--grep RE] [-i] [--json]'],
  about: [
    `Shows the last ${DEFAULT_LINES} lines; with --since all lines since then, at most ${MAX_BACKLOG}. -n counts the lines\n` +
      `that the other options leave; --grep looks at all that is kept. With -f they look at the last ${MAX_BACKLOG} lines\n` +
      'before what is new, and a restart of the panel neither loses nor repeats a line.',
    'T is an age (30s, 10m, 2h, 1d), today, yesterday, a time of the day (22:00: the last one there was; with --until the\n' +
      'first one after --since), or a time (2026-11-23, 2026-11-23T11:40, local unless it has Z or an offset).\n' +
      'RE is a JavaScript regular expression; it is matched against the line without its colours.',
    'Colours are kept on a terminal, unless NO_COLOR is set. Ctrl-C ends following, with exit code 0.',
    'With --json: an array of { cursor, time, stream, text, truncated? }, and { gap } where lines were lost; with -f one\n' +
      'such object a line (JSON lines).',
  ],
  options: {
    follow: { type: 'boolean', short: 'f', about: 'go on with new lines as they come' },
    lines: { type: 'string', short: 'n', value: 'N', about: `the last N lines, 0 to ${MAX_BACKLOG}` },
    timestamps: { type: 'boolean', short: 't', about: 'say before each line when it was written, local' },
    since: { type: 'string', value: 'T', about: 'only lines since this time' },
    until: { type: 'string', value: 'T', about: 'only lines before this time; not with -f' },
    stream: { type: 'string', value: 'NAME', about: 'only lines of this stream: stdout or stderr' },
    grep: { type: 'string', value: 'RE', about: 'only lines that match' },
    'ignore-case': { type: 'boolean', short: 'i', about: 'let --grep match capital and small letters alike' },
  },
  examples: [
    ['sudo razroom-panel logs -f', 'follow the log'],
    ['sudo razroom-panel logs --since 1h --grep error -i', 'errors of the last hour'],
    ['sudo razroom-panel logs -t --since 22:00 --until 6:00', 'the last night, with times'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('logs', context.positionals)
    const selection = readSelection(context)
    return context.options.follow === true ? followLogs(context, selection) : readLogs(context, selection)
  },
}

function readSelection({ options }: CommandContext): LogSelection {
  const linesText = textOption(options, 'lines')
  const sinceText = textOption(options, 'since')
  const grepText = textOption(options, 'grep')
  if (options['ignore-case'] === true && grepText === undefined) throw usageError('-i belongs to --grep')
  const stream = parseStream(textOption(options, 'stream'))
  const untilText = textOption(options, 'until')
  if (untilText !== undefined && options.follow === true)
    throw usageError('-f goes on without an end: --until does not go with it')
  const asked = linesText === undefined ? undefined : parseLines(linesText)
  const since = sinceText === undefined ? undefined : parseSince(sinceText, Date.now())
  const until = untilText === undefined ? undefined : parseUntil(untilText, Date.now(), since)
  const isFiltered = since !== undefined || grepText !== undefined || stream !== undefined
  const limit = asked ?? (since === undefined ? DEFAULT_LINES : MAX_BACKLOG)
  return {
    limit,
    backlog: isFiltered && limit > 0 ? MAX_BACKLOG : limit,
    hasTimes: options.timestamps === true,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(stream === undefined ? {} : { stream }),
    ...(grepText === undefined ? {} : { grep: parsePattern(grepText, options['ignore-case'] === true) }),
  }
}

function parseLines(text: string): number {
  const lines = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (lines <= MAX_BACKLOG) return lines
  throw usageError(`-n must be a number from 0 to ${MAX_BACKLOG}, not ${JSON.stringify(text)}`)
}

function parseStream(text: string | undefined): LogSelection['stream'] {
  if (text === undefined || text === 'stdout' || text === 'stderr') return text
  throw usageError(`--stream must be stdout or stderr, not ${JSON.stringify(text)}`)
}

function parsePattern(text: string, ignoresCase: boolean): RegExp {
  try {
    return new RegExp(text, ignoresCase ? 'iu' : 'u')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw usageError(`--grep: ${error.message}`)
  }
}
