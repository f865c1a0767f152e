import {
  type AuditEntry,
  AuditKind,
  type AuditQuery,
  type AuditWho,
  MAX_AUDIT_PAGE,
} from '../../../contract/audit.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext, textOption } from '../command.ts'
import { formatTime } from '../format-time.ts'
import type { Output, Style } from '../output.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { parseSince } from '../since.ts'
import { printable } from '../terminal-text.ts'

const DEFAULT_ENTRIES = 50
const MAX_ENTRIES = 100_000
const KINDS = AuditKind.enum

export const audit: Command = {
  name: 'audit',
  summary: 'Show who did what through the panel, and what became of it',
  forms: ['audit [-n N] [--since T] [--kind KIND] [--json]'],
  about: [
    `Shows the last ${DEFAULT_ENTRIES} entries of the audit log, oldest first; with --since all since then. Reading is not logged,\n` +
      'everything that changes something or shows a secret is: from the page, by commands and by scripts, and logins.',
    'T is an age (30s, 10m, 2h, 1d), today, yesterday, a time of the day (22:00: the last one there was), or a time\n' +
      '(2026-11-23, 2026-11-23T11:40, local unless it has Z or an offset).',
    'Who called sudo is what the command line said of itself. No entry has the value of a variable, a token or a password.',
    'With --json: an array of { seq, at, kind, action, what, details, who, outcome, code?, tookMs?, more?, ... }.',
  ],
  options: {
    lines: { type: 'string', short: 'n', value: 'N', about: `the last N entries, 1 to ${MAX_ENTRIES}` },
    since: { type: 'string', value: 'T', about: 'only entries since this time' },
    kind: { type: 'string', value: 'KIND', about: `only one of: ${KINDS.join(', ')}` },
  },
  examples: [
    ['sudo razroom-panel audit', 'what was done last'],
    ['sudo razroom-panel audit --since 1d --kind secret', 'who saw secrets since yesterday'],
    ['sudo razroom-panel audit --kind refusal', 'who was not let in'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('audit', context.positionals)
    const entries = await collect(await context.client(), readSelection(context))
    const { out } = context
    if (out.json) out.document(entries)
    else {
      for (const entry of entries) await out.write(`${entryLine(entry, out)}\n`)
      if (entries.length === 0) out.line('No entry of the kind.')
    }
    return 0
  },
}

interface Selection {
  readonly limit: number
  /** ms since 1970 */
  readonly since?: number
  readonly kind?: AuditKind
}

function readSelection({ options }: CommandContext): Selection {
  const linesText = textOption(options, 'lines')
  const sinceText = textOption(options, 'since')
  const kindText = textOption(options, 'kind')
  const limit = linesText === undefined ? undefined : parseEntries(linesText)
  const since = sinceText === undefined ? undefined : parseSince(sinceText, Date.now())
  return {
    limit: limit ?? (since === undefined ? DEFAULT_ENTRIES : MAX_ENTRIES),
    ...(since === undefined ? {} : { since }),
    ...(kindText === undefined ? {} : { kind: chooseSubcommand('audit --kind', kindText, KINDS) }),
  }
}

function parseEntries(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (count >= 1 && count <= MAX_ENTRIES) return count
  throw usageError(`-n must be a number from 1 to ${MAX_ENTRIES}, not ${JSON.stringify(text)}`)
}

/** Read backwards until there is enough; oldest first. */
async function collect(client: Client, { limit, since, kind }: Selection): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  let before: number | undefined
  while (found.length < limit) {
    const query: AuditQuery = {
      limit: Math.min(limit - found.length, MAX_AUDIT_PAGE),
      ...(before === undefined ? {} : { before }),
      ...(kind === undefined ? {} : { kind }),
    }
    const { entries, hasMore } = await client.call('GET /api/audit', { query })
    const selected = entries.filter(({ at }) => since === undefined || Date.parse(at) >= since)
    found.push(...selected)
    before = entries.at(-1)?.seq
    if (!hasMore || before === undefined || selected.length < entries.length) break
  }
  return found.slice(0, limit).reverse()
}

const STYLES: Readonly<Record<AuditEntry['outcome'], Style>> = {
  done: 'green',
  started: 'cyan',
  refused: 'yellow',
  failed: 'red',
  cancelled: 'yellow',
}
const LONGEST_OUTCOME = 9

/** An entry for people: when, what became of it, what, and who. */
export function entryLine(entry: AuditEntry, out: Pick<Output, 'style'>): string {
  const { at, outcome, what, details, code, tookMs, more, who } = entry
  const said = details
    .map(({ name, value }) => `${name} ${name === 'at' ? formatTime(value) : value}`)
    .join('; ')
  const facts = [
    ...(code === undefined ? [] : [code]),
    ...(tookMs === undefined ? [] : [`${(tookMs / 1000).toFixed(1)} s`]),
    ...(more === undefined ? [] : [`${more} more`]),
  ]
  const text = [
    printable(said === '' ? what : `${what}: ${said}`),
    ...(facts.length === 0 ? [] : [printable(`(${facts.join(', ')})`)]),
    out.style('dim', printable(`by ${whoWords(who)}`)),
  ]
  return `${formatTime(at)}  ${out.style(STYLES[outcome], outcome.padEnd(LONGEST_OUTCOME))}  ${text.join('  ')}`
}

/** `alice (1000)`, or the number of a user without a name. */
function userWords(uid: number | undefined, user: string | undefined): string {
  if (uid === undefined) return 'somebody'
  return user === undefined ? `uid ${uid}` : `${user} (${uid})`
}

function whoWords({ by, uid, user, session, saidUid, saidUser }: AuditWho): string {
  if (by === 'panel') return 'the panel itself'
  const name = userWords(uid, user)
  if (by === 'page') return `${name} on the page, session ${session ?? '?'}`
  if (by === 'api') return `a script of ${name}`
  if (by === 'stranger') return `${name}, not logged in`
  return saidUid === undefined
    ? `a command of ${name}`
    : `a command by sudo of ${userWords(saidUid, saidUser)}, as it says`
}
