import { HostError } from '../../errors.ts'
import { alwaysRoot, type Command } from '../command.ts'
import { formatTime } from '../format-time.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

export const login: Command = {
  name: 'login',
  summary: 'Print a one-time link to the page',
  forms: ['login [--json]'],
  about: [
    'The link works once, for a short time, in a browser on this machine (or through ssh -L). Only root can make one.',
    'With --json: { url, code, expiresAt }.',
  ],
  options: {},
  examples: [['sudo razroom-panel login', 'print the link, then open it']],
  needsRoot: alwaysRoot,
  async run({ client, hasDaemon, out, positionals }) {
    refuseOperands('login', positionals)
    // A panel inside this process ends with it, and its link with the panel.
    if (!(await hasDaemon()))
      throw new HostError('DAEMON_UNREACHABLE', { detail: 'no panel is running that a link could open' })
    const link = await (await client()).call('POST /api/login-link', {})
    if (out.json) out.document(link)
    else {
      out.line(printable(link.url))
      out.note(`Open it in a browser: it works once, until ${formatTime(link.expiresAt)}.`)
    }
    return 0
  },
}
