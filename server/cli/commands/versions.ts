import type { FileVersion, VersionDifference, VersionedFile } from '../../../contract/versions.ts'
import type { Client } from '../client.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { formatBytes } from '../format-bytes.ts'
import { formatTime } from '../format-time.ts'
import type { Output } from '../output.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const FILES = ['env', 'config'] as const satisfies readonly VersionedFile[]
/** As contract/versions.ts has it. */
const ID = /^[0-9]{1,15}-[0-9a-f]{8}$/
const NAMES: Readonly<Record<VersionedFile, string>> = { env: '.env', config: 'razroom.json' }
const AUTHORS: Readonly<Record<FileVersion['by'], string>> = {
  page: 'the page',
  cli: 'a command',
  api: 'a script',
  wizard: 'the wizard',
  outside: 'outside',
}

export const versions: Command = {
  name: 'versions',
  summary: "Earlier versions of the gateway's .env and razroom.json",
  forms: [
    'versions env|config [--json]',
    'versions env|config show ID [--against-now] [--json]',
    'versions env|config restore ID [--json]',
  ],
  about: [
    'Each change of the two files is kept, whoever made it, the last 50 of each. show tells what a version changed, or\n' +
      'with --against-now what going back to it would; secrets are masked. restore goes back to it: the file as it is\n' +
      'becomes a version too, so nothing is lost. The gateway sees .env after a restart.',
    'With --json: the FileVersions, a VersionDifference, or { etag, changed }.',
  ],
  options: {
    'against-now': { type: 'boolean', about: 'compare with the file as it is, not with the version before' },
  },
  examples: [
    ['sudo razroom-panel versions config', 'who changed razroom.json, and when'],
    ['sudo razroom-panel versions env show ID --against-now', 'what going back would change'],
    ['sudo razroom-panel versions env restore ID', 'go back'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, verb, id, ...others] = context.positionals
    const file = chooseSubcommand('versions', word, FILES)
    refuseOperands('versions', others)
    if (verb === undefined) return listVersions(context, file)
    const what = chooseSubcommand(`versions ${file}`, verb, ['show', 'restore'])
    if (id === undefined) throw usageError(`versions ${file} ${what} needs the ID that the list shows`)
    if (!ID.test(id))
      throw usageError(`${JSON.stringify(id)} is no ID of a version; see the list: versions ${file}`)
    return what === 'show' ? showVersion(context, file, id) : restoreVersion(context, file, id)
  },
}

async function listVersions({ client, out }: CommandContext, file: VersionedFile): Promise<number> {
  const found = await (await client()).call(`GET /api/${file}/versions`, {})
  if (out.json) out.document(found)
  else {
    for (const line of versionLines(found, file, out)) out.line(line)
    if (found.length > 0) out.note(`Go back: sudo razroom-panel versions ${file} restore ID`)
  }
  return 0
}

/** Versions for people, newest first, one string a line. */
export function versionLines(
  found: readonly FileVersion[],
  file: VersionedFile,
  out: Pick<Output, 'style'>,
): string[] {
  if (found.length === 0) return [`No version of ${NAMES[file]} yet: each change makes one.`]
  return found.map((version) => {
    const { id, at, by, reason, added, removed, sizeBytes, isCurrent, provenAt, etag } = version
    const who = reason === undefined ? AUTHORS[by] : `${AUTHORS[by]}: ${printable(reason)}`
    const marks = [
      ...(isCurrent ? ['current'] : []),
      ...(provenAt === undefined ? [] : ['started a gateway']),
      ...(etag === 'absent' ? ['no file'] : []),
    ]
    const text = `${id}  ${formatTime(at)}  +${added} -${removed}  ${formatBytes(sizeBytes)}  by ${who}`
    return marks.length === 0 ? text : `${text}  ${out.style('green', `(${marks.join(', ')})`)}`
  })
}

async function showVersion({ client, out, options }: CommandContext, file: VersionedFile, id: string) {
  const against = options['against-now'] === true ? 'current' : 'previous'
  const found = await (await client()).call(`GET /api/${file}/versions/:id`, {
    params: { id },
    query: { against },
  })
  if (out.json) out.document(found)
  else for (const line of differenceLines(found, out)) out.verbatim(line)
  return 0
}

/** A difference for people, one string a line. */
export function differenceLines({ difference }: VersionDifference, out: Pick<Output, 'style'>): string[] {
  if (difference.length === 0) return ['No difference.']
  return difference.map(({ sign, text }) => {
    const line = `${sign} ${printable(text)}`
    return sign === '+' ? out.style('green', line) : sign === '-' ? out.style('red', line) : line
  })
}

async function restoreVersion({ client, out }: CommandContext, file: VersionedFile, id: string) {
  const panel = await client()
  const saved = await goBack(panel, file, id)
  if (out.json) out.document(saved)
  else {
    out.line(saved.changed ? `${NAMES[file]} is as it was.` : 'It was already so: nothing was changed.')
    if (saved.restartRequired === true) out.line('To take effect it needs: sudo razroom-panel restart')
  }
  return 0
}

async function goBack(
  panel: Client,
  file: VersionedFile,
  id: string,
): Promise<{ etag: string; changed: boolean; restartRequired?: boolean }> {
  const { etag } = await panel.call(`GET /api/${file}`, {})
  return panel.call(`POST /api/${file}/versions/:id/restore`, { params: { id }, ifMatch: etag })
}
