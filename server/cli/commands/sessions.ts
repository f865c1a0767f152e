import { alwaysRoot, type Command } from '../command.ts'
import { formatTime } from '../format-time.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'

export const sessions: Command = {
  name: 'sessions',
  summary: 'See who is logged in to the page, and end it',
  forms: ['sessions list [--json]', 'sessions end [--json]'],
  about: [
    'A login ends after twelve hours without use, after seven days in any case, and with `sessions end`: all of them\n' +
      'at once, with the links that nobody has used yet. Do that when a browser was lost.',
    'With --json: list gives [{ id, createdAt, lastSeenAt, expiresAt, isThis }], end gives { ended }.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel sessions list', 'show who is logged in'],
    ['sudo razroom-panel sessions end', 'log everybody out'],
  ],
  needsRoot: alwaysRoot,
  async run({ client, out, positionals }) {
    const [word, ...others] = positionals
    const what = chooseSubcommand('sessions', word, ['list', 'end'])
    refuseOperands(`sessions ${what}`, others)
    const panel = await client()
    if (what === 'end') {
      const answer = await panel.call('DELETE /api/sessions', {})
      if (out.json) out.document(answer)
      else out.line(`Ended: ${answer.ended === 1 ? '1 login' : `${answer.ended} logins`}.`)
      return 0
    }
    const list = await panel.call('GET /api/sessions', {})
    if (out.json) out.document(list)
    else if (list.length === 0) out.line('Nobody is logged in.')
    else
      for (const { id, createdAt, lastSeenAt } of list)
        out.line(`${id}  since ${formatTime(createdAt)}, last used ${formatTime(lastSeenAt)}`)
    return 0
  },
}
