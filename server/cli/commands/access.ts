import { changeAllowances } from '../allowances.ts'
import { alwaysRoot, type Command } from '../command.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'

/** uid_t is 32 bits wide and its last value means "no user" (setreuid(2), chown(2)). */
const MAX_UID = 4_294_967_294

export const access: Command = {
  name: 'access',
  summary: 'Say who may reach the page, and what the page may use',
  forms: [
    'access list [--json]',
    'access add|remove UID [--json]',
    'access user|path list [--json]',
    'access user add|remove NAME [--json]',
    'access path add|remove PATH [--json]',
  ],
  about: [
    'The page answers only to connections of these users; a login is needed besides. root is always allowed.\n' +
      'UID is a number: id -u NAME. With --json: { adminUids }.',
    'access user: as whom the page may let the gateway run, besides razroom; access path: what root reads for it though\n' +
      'not everybody may. What a command of yours names, such as setup --user NAME, is allowed by that. With --json:\n' +
      '{ users, made, paths }; those in made are what the panel made.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel access add "$(id -u)"', 'let yourself in'],
    ['sudo razroom-panel access list', 'show who may'],
    ['sudo razroom-panel access user add alice', 'the page may let the gateway run as alice'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const { client, out, positionals } = context
    const [word, uidText, ...others] = positionals
    const what = chooseSubcommand('access', word, ['add', 'remove', 'list', 'user', 'path'])
    if (what === 'user' || what === 'path') return changeAllowances(context, what, positionals.slice(1))
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
