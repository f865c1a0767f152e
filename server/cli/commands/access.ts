import { alwaysRoot, type Command } from '../command.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'

/** uid_t is 32 bits wide and its last value means "no user" (setreuid(2), chown(2)). */
const MAX_UID = 4_294_967_294

export const access: Command = {
  name: 'access',
  summary: 'Say which local users may reach the page',
  forms: ['access list [--json]', 'access add|remove UID [--json]'],
  about: [
    'The page answers only to connections of these users; a login is needed besides. root is always allowed.\n' +
      'UID is a number: id -u NAME. With --json: { adminUids }.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel access add "$(id -u)"', 'let yourself in'],
    ['sudo razroom-panel access list', 'show who may'],
  ],
  needsRoot: alwaysRoot,
  async run({ client, out, positionals }) {
    const [word, uidText, ...others] = positionals
    const what = chooseSubcommand('access', word, ['add', 'remove', 'list'])
    if (what === 'list' && uidText !== undefined) refuseOperands('access list', [uidText])
    refuseOperands(`access ${what} UID`, others)
    const uid = what === 'list' ? undefined : parseUid(what, uidText)
    const panel = await client()
    let { adminUids } = await panel.call('GET /api/settings', {})
    if (uid !== undefined && adminUids.includes(uid) !== (what === 'add')) {
      const wanted = what === 'add' ? [...adminUids, uid] : adminUids.filter((other) => other !== uid)
      adminUids = (await panel.call('PUT /api/settings', { body: { adminUids: wanted } })).adminUids
    }
    if (out.json) out.document({ adminUids })
    else out.line(describeAccess(adminUids))
    return 0
  },
}

function parseUid(what: string, text: string | undefined): number {
  if (text === undefined) throw usageError(`access ${what} needs a UID, a number: id -u NAME`)
  const uid = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (uid <= MAX_UID) return uid
  throw usageError(`${JSON.stringify(text)} is no UID; it is a number: id -u NAME`)
}

function describeAccess(adminUids: readonly number[]): string {
  const others = adminUids.filter((uid) => uid !== 0)
  return others.length === 0 ? 'Only root may reach the page.' : `root and: ${others.join(', ')}`
}
