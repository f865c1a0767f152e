import { resolve } from 'node:path'
import type { RestorePreview, RestoreRequest } from '../../../contract/backups.ts'
import { whileAllowed } from '../allowances.ts'
import { askYes, canAsk } from '../ask.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { formatTime } from '../format-time.ts'
import { runGatewayAction } from '../gateway-action.ts'
import type { Output } from '../output.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const SHOWN_FILES = 20

export const restore: Command = {
  name: 'restore',
  summary: 'Put the files of a backup back',
  forms: ['restore FILE [--no-workspace] [--preview] [--yes] [--verbose] [--json]'],
  about: [
    'FILE is a file, or the name of a backup of the panel (backup --list). The whole backup is verified before anything\n' +
      'is changed, what it replaces is backed up, and files that it does not have stay. A gateway that runs is stopped\n' +
      'before and started after.',
    'It asks on a terminal only: there it shows what would change, and goes on after yes. Without a terminal, as in a\n' +
      'script, and with --yes or --json, it restores at once; --preview only shows.',
    'On a machine without a gateway the user is made first; image and container come with setup afterwards, with the token\n' +
      'and the ports of the backup.',
    'With --json: the finished Operation, with --preview the RestorePreview.',
  ],
  options: {
    'no-workspace': { type: 'boolean', about: 'leave the workspace as it is' },
    preview: { type: 'boolean', about: 'only show what would change' },
    yes: { type: 'boolean', about: 'do not ask' },
  },
  examples: [
    ['sudo razroom-panel restore ~/razroom.tar.gz --preview', 'what it would change'],
    ['sudo razroom-panel restore ~/razroom.tar.gz', 'on a terminal: shows it, asks, and restores'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [file, ...others] = context.positionals
    if (file === undefined || file === '')
      throw usageError('restore needs FILE: a backup, or the name of one')
    refuseOperands('restore FILE', others)
    const body = await readRequest(context, file)
    return whileAllowed(context, body.path, () => putBack(context, body))
  },
}

/** Shows it where somebody is to see it first, and restores it. */
async function putBack(context: CommandContext, body: RestoreRequest): Promise<number> {
  const { io, out, options } = context
  const isAsking = !out.json && canAsk(io) && options.yes !== true
  if (options.preview === true || isAsking) {
    const preview = await (await context.client()).call('POST /api/restore/preview', { body })
    if (out.json) out.document(preview)
    else showPreview(out, preview)
    if (options.preview === true) return 0
    if (preview.counts.new + preview.counts.changed > 0) await askYes(io, 'Restore it?')
  }
  return runGatewayAction(
    context,
    (client) => client.call('POST /api/restore', { body }),
    ({ changed, steps }) => {
      const result = steps.find(({ id }) => id === 'restore-done')?.found
      out.line()
      out.line(
        changed ? 'The backup is restored.' : 'Everything was as the backup has it: nothing was changed.',
      )
      if (result !== undefined) out.line(printable(result))
    },
  )
}

/** A word without a slash may be the name of one of the panel's own backups, and else a file in this directory. */
async function readRequest({ io, options, client }: CommandContext, file: string): Promise<RestoreRequest> {
  const choice = options['no-workspace'] === true ? { includeWorkspace: false } : {}
  if (!file.includes('/')) {
    const own = await (await client()).call('GET /api/backups', {})
    if (own.some(({ name }) => name === file)) return { name: file, ...choice }
  }
  return { path: resolve(io.cwd, file), ...choice }
}

function showPreview(
  out: Output,
  { createdAt, panelVersion, includesWorkspace, ...preview }: RestorePreview,
): void {
  const { counts, files, kept, changesToken } = preview
  const workspace = includesWorkspace ? '' : ', without the workspace'
  out.line(`Backup of ${formatTime(createdAt)} by razroom-panel ${printable(panelVersion)}${workspace}`)
  const differing = files.filter(({ change }) => change !== 'same')
  for (const { path, change } of differing.slice(0, SHOWN_FILES))
    out.line(`  ${change.padEnd(8)} ${printable(path)}`)
  const more = counts.new + counts.changed - Math.min(differing.length, SHOWN_FILES)
  if (more > 0) out.line(`  and ${more} more`)
  out.line(`${counts.changed} changed, ${counts.new} new, ${counts.same} the same; ${kept} others stay.`)
  if (changesToken) out.line(out.style('yellow', 'The token becomes that of the backup.'))
}
