import type { DeviceList, PairedDevice, PendingDevice } from '../../../contract/devices.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { formatAge, formatTime } from '../format-time.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const WORDS = ['list', 'approve', 'reject', 'revoke'] as const
type Action = Exclude<(typeof WORDS)[number], 'list'>

const DONE: Readonly<Record<Action, string>> = {
  approve: 'Approved. The page in that browser goes on by itself, or when it is reloaded.',
  reject: 'Rejected. A page that is still open there may ask again.',
  revoke:
    'Revoked. It can ask again as long as it has the token: to keep it out, also run: sudo razroom-panel token rotate',
}

export const devices: Command = {
  name: 'devices',
  summary: 'List, approve, reject or revoke the browsers that open the gateway',
  forms: [
    'devices list [--json]',
    'devices approve ID [--json]',
    'devices reject ID [--json]',
    'devices revoke ID [--json]',
  ],
  about: [
    'The gateway wants each new browser approved once ("pairing required"), even with the right token. list shows\n' +
      'those that wait, with the ID for approve and reject, and those that were approved, with the ID for revoke.\n' +
      'What a browser says of itself is not proven.',
    'approve, reject and revoke ask the running gateway, which takes some seconds.',
    'With --json each prints the list: { available, reason?, pending: [{ id, ... }], paired: [{ id, ... }], at }.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel devices list', 'who waits, and who is in'],
    ['sudo razroom-panel devices approve ID', 'let a browser in'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [word, ...others] = context.positionals
    const what = chooseSubcommand('devices', word, WORDS)
    if (what !== 'list') return act(context, what, others)
    refuseOperands('devices list', others)
    const list = await (await context.client()).call('GET /api/devices', {})
    if (context.out.json) context.out.document(list)
    else print(context, list)
    return 0
  },
}

async function act(context: CommandContext, action: Action, operands: readonly string[]): Promise<number> {
  const [id, ...more] = operands
  if (id === undefined || more.length > 0)
    throw usageError(`devices ${action} takes one ID, as devices list prints it`)
  const list = await (await context.client()).call(`POST /api/devices/:id/${action}`, { params: { id } })
  if (context.out.json) context.out.document(list)
  else context.out.line(DONE[action])
  return 0
}

function print({ out }: CommandContext, list: DeviceList): void {
  const now = Date.parse(list.at)
  out.line(out.style('bold', `Waiting for approval: ${list.pending.length}`))
  for (const device of list.pending) {
    const age = device.requestedAt === undefined ? '' : formatAge(device.requestedAt, now)
    out.line(`  ${device.id}  ${claims(device)}${age === '' ? '' : `, asked ${age} ago`}`)
  }
  out.line(out.style('bold', `Approved: ${list.paired.length}`))
  for (const device of list.paired) {
    const at = device.approvedAt === undefined ? '' : `, approved ${formatTime(device.approvedAt)}`
    out.line(`  ${device.id}  ${claims(device)}${at}${device.isRevoked ? ' (revoked)' : ''}`)
  }
  if (list.skipped > 0) out.note(`${list.skipped} entries of the gateway’s list can not be shown.`)
  if (list.reason !== undefined) out.note(printable(list.reason))
}

function claims({ name, client, platform, role, ip }: PendingDevice | PairedDevice): string {
  const said = [name, client, platform, role, ip].filter((text) => text !== undefined)
  return said.length === 0 ? '(says nothing of itself)' : printable(said.join(', '))
}
