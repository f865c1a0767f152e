import type { EnvDocument, EnvEdit } from '../../contract/env.ts'
import type { Finding } from '../../contract/schemas.ts'
import { askYes, canAsk } from './ask.ts'
import type { Client } from './client.ts'
import { type CommandContext, textOption } from './command.ts'
import { previewLines } from './env-read.ts'
import { report } from './env-write.ts'
import type { Output } from './output.ts'
import { usageError } from './problem-error.ts'
import { printable } from './terminal-text.ts'

/** One request takes no more edits (contract/env.ts, EnvChange). */
const MOST_MENDS = 1000

interface Mend {
  readonly line: number
  readonly finding: string
  readonly title: string
  readonly fix: NonNullable<Finding['fix']>
}

/**
 * `env mend`: shows what the panel can mend in `.env`, secrets masked, and mends it in one save after a yes. Errors:
 * USAGE without a terminal and without --yes, OPERATION_CANCELLED, ENV_CHANGED when the file changed since it was shown.
 */
export async function mendEnv(context: CommandContext): Promise<number> {
  const { out, io, options } = context
  const isAgreed = options.yes === true
  if (out.json && !isAgreed) throw usageError('env mend changes the file: with --json it needs --yes')
  const line = readLine(textOption(options, 'line'))
  const client = await context.client()
  const document = await client.call('GET /api/env', {})
  refuseUnknownLine(document, line)
  const mends = findMends(document, line)
  if (mends.length === 0) return sayNothing(context, client, document)
  if (!out.json) showMends(out, mends)
  if (!isAgreed) {
    if (!canAsk(io)) throw usageError('nothing was changed; without a terminal env mend needs --yes')
    await askYes(io, mends.length === 1 ? 'Mend it?' : `Mend these ${mends.length}?`)
  }
  const edits = mends.map(({ line, finding }): EnvEdit => ({ op: 'mend', line, finding }))
  const saved = await client.call('PUT /api/env', { body: { edits }, ifMatch: document.etag })
  if (out.json) {
    out.document({
      ...saved,
      mended: mends.map(({ line, finding, fix }) => ({ line, finding, label: fix.label })),
    })
    return 0
  }
  report(context, saved)
  await sayWhatIsLeft(out, client, line)
  return 0
}

function readLine(word: string | undefined): number | undefined {
  if (word === undefined) return undefined
  const line = /^\d{1,7}$/.test(word) ? Number(word) : 0
  if (line > 0) return line
  throw usageError(`--line needs the number of a line, not ${JSON.stringify(word)}`)
}

function refuseUnknownLine({ entries, path }: EnvDocument, line: number | undefined): void {
  if (line === undefined || line <= entries.length) return
  const lines = entries.length === 1 ? 'line' : 'lines'
  throw usageError(`there is no line ${line}: ${path} has ${entries.length} ${lines}`)
}

function findMends({ findings }: EnvDocument, only: number | undefined): Mend[] {
  return findings
    .flatMap(({ id, line, title, fix }) =>
      fix === undefined || line === undefined || (only !== undefined && line !== only)
        ? []
        : [{ line, finding: id, title, fix }],
    )
    .slice(0, MOST_MENDS)
}

function showMends(out: Output, mends: readonly Mend[]): void {
  for (const [index, { line, title, fix }] of mends.entries()) {
    out.line(`${index + 1}. line ${line}: ${printable(title)}. ${printable(fix.label)}:`)
    for (const text of previewLines(fix.preview)) out.verbatim(`     ${printable(text)}`)
  }
}

async function sayNothing(context: CommandContext, client: Client, { etag }: EnvDocument): Promise<number> {
  if (!context.out.json) {
    context.out.line('There is nothing that the panel can mend.')
    return 0
  }
  const { restartRequired } = await client.call('GET /api/status', {})
  context.out.document({ etag, changed: false, restartRequired, mended: [] })
  return 0
}

/** A mend can bring to light what stood behind it, for example a blank that was inside of quotes. */
async function sayWhatIsLeft(out: Output, client: Client, only: number | undefined): Promise<void> {
  const document = await client.call('GET /api/env', {})
  const more = findMends(document, undefined).length
  if (more > 0 && only === undefined) out.line(`${more} more can be mended now: sudo razroom-panel env mend`)
  const open = document.findings.filter(
    ({ severity, fix }) => severity !== 'info' && fix === undefined,
  ).length
  if (open > 0) out.line(`Left for you: ${open}. See: sudo razroom-panel env check`)
}
