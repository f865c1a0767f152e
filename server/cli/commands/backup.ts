import { resolve } from 'node:path'
import type { BackupEntry } from '../../../contract/backups.ts'
import type { BackupSchedule } from '../../../contract/settings.ts'
import { whileAllowed } from '../allowances.ts'
import { alwaysRoot, type Command, type CommandContext, textOption } from '../command.ts'
import { formatBytes } from '../format-bytes.ts'
import { formatTime } from '../format-time.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const INTERVALS = ['off', 'daily', 'weekly'] as const

export const backup: Command = {
  name: 'backup',
  summary: 'Back up config and workspace, now or by a schedule',
  forms: [
    'backup [FILE] [--no-workspace] [--verbose] [--json]',
    'backup --list [--json]',
    'backup --every off|daily|weekly [--keep N] [--no-workspace] [--json]',
  ],
  about: [
    'Without FILE it goes to /var/lib/razroom-panel/backups. The name of FILE says how it is packed: .tar.zst or\n' +
      '.tar.gz; a file that is there is never replaced. The backup is read back before it counts as done.',
    'It has every secret of the gateway. It is readable by root alone, or by the owner of the directory that FILE lies in.',
    '--every makes backups by themselves; the newest N of those are kept (7 unless said), others are left alone.',
    'With --json: the finished Operation, with --list the BackupEntry array, with --every the BackupSchedule.',
  ],
  options: {
    'no-workspace': { type: 'boolean', about: 'leave the workspace out' },
    list: { type: 'boolean', about: 'the backups that are there, newest first' },
    every: { type: 'string', value: 'INTERVAL', about: 'make them daily or weekly; off: no more' },
    keep: { type: 'string', value: 'N', about: 'with --every: how many are kept, 1 to 100' },
    scheduled: { type: 'boolean', about: 'make the one that the schedule asks for (for its timer)' },
  },
  examples: [
    ['sudo razroom-panel backup', 'a new one in the directory of the panel'],
    ['sudo razroom-panel backup ~/razroom.tar.gz', 'to a file'],
    ['sudo razroom-panel backup --every daily --keep 14', 'one a day, for two weeks'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const { options, positionals } = context
    const modes = ['list', 'every', 'scheduled'].filter((name) => options[name] !== undefined)
    if (modes.length > 1) throw usageError(`--${modes.join(' and --')} exclude each other`)
    if (options.keep !== undefined && options.every === undefined)
      throw usageError('--keep goes with --every')
    const [mode] = modes
    refuseOperands(
      mode === undefined ? 'backup FILE' : `backup --${mode}`,
      positionals.slice(mode === undefined ? 1 : 0),
    )
    if (mode === 'list') return list(context)
    if (mode === 'every') return schedule(context)
    return make(context, mode === 'scheduled')
  },
}

function make(context: CommandContext, scheduled: boolean): Promise<number> {
  const { io, out, options, positionals } = context
  const [file] = positionals
  if (file === '') throw usageError('FILE must not be empty')
  if (file === 'list')
    throw usageError('a FILE ends in .tar.gz or .tar.zst; the backups that are there: backup --list')
  const path = file === undefined ? undefined : resolve(io.cwd, file)
  const body = {
    ...(path === undefined ? {} : { path }),
    ...(options['no-workspace'] === true ? { includeWorkspace: false } : {}),
    ...(scheduled ? { scheduled } : {}),
  }
  return whileAllowed(context, path, () =>
    runGatewayAction(
      context,
      (client) => client.call('POST /api/backup', { body }),
      ({ steps }) => {
        const step = steps.find(({ id }) => id === 'backup')
        out.line()
        out.line(printable(step?.did ?? step?.found ?? 'There was nothing to back up.'))
        if (step?.found !== undefined && step.did !== undefined) out.note(printable(step.found))
      },
    ),
  )
}

async function list({ out, client }: CommandContext): Promise<number> {
  const entries = await (await client()).call('GET /api/backups', {})
  if (out.json) out.document(entries)
  else if (entries.length === 0) out.line('There is none yet. Make one: sudo razroom-panel backup')
  else for (const entry of entries) out.line(printable(describe(entry)))
  return 0
}

function describe({ name, createdAt, sizeBytes, reason, includesWorkspace }: BackupEntry): string {
  const size = formatBytes(sizeBytes).padStart(8)
  const workspace = includesWorkspace ? '' : ', without the workspace'
  return `${name}  ${formatTime(createdAt)}  ${size}  ${reason}${workspace}`
}

async function schedule({ out, options, client }: CommandContext): Promise<number> {
  const every = INTERVALS.find((interval) => interval === options.every)
  if (every === undefined) throw usageError(`--every must be one of: ${INTERVALS.join(', ')}`)
  const panel = await client()
  const { backupSchedule: before } = await panel.call('GET /api/settings', {})
  const backupSchedule: BackupSchedule = {
    every,
    keep: readKeep(textOption(options, 'keep')) ?? before.keep,
    includeWorkspace: options['no-workspace'] !== true,
  }
  await panel.call('PUT /api/settings', { body: { backupSchedule } })
  if (out.json) out.document(backupSchedule)
  else if (every === 'off') out.line('No more backups are made by themselves; those that are there stay.')
  else out.line(`Backups are made ${every}; the newest ${backupSchedule.keep} are kept.`)
  return 0
}

function readKeep(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const keep = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (keep >= 1 && keep <= 100) return keep
  throw usageError(`--keep must be 1 to 100, not ${JSON.stringify(text)}`)
}
