import { changeAllowances } from '../allowances.ts'
import { alwaysRoot, type Command, type CommandContext } from '../command.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'

/** uid_t is 32 bits wide and its last value means "no user" (setreuid(2), chown(2)). */
const MAX_UID = 4_294_967_294
/** A name or an address with a port (RFC 9110, Host). */
const HOST_NAME = /^([a-zA-Z0-9.-]{1,249}|\[[0-9a-fA-F:]{2,45}\]):([0-9]{1,5})$/
const MAX_PORT = 65_535
/** Names that useradd(8) takes. */
const USER_NAME = /^[a-z_][a-z0-9_-]{0,31}$/

export const access: Command = {
  name: 'access',
  summary: 'Say who may reach the page, and what the page may use',
  forms: [
    'access list [--json]',
    'access add|remove UID [--json]',
    'access user|path list [--json]',
    'access user add|remove NAME [--json]',
    'access path add|remove PATH [--json]',
    'access host list [--json]',
    'access host add|remove NAME:PORT [--json]',
  ],
  about: [
    'The page answers only to connections of these users; a login is needed besides. root is always allowed.\n' +
      'UID is a number: id -u NAME. With --json: { adminUids }.',
    'access user: as whom the page may let the gateway run, besides razroom; access path: what root reads for it though\n' +
      'not everybody may. What a command of yours names, such as setup --user NAME, is allowed by that. With --json:\n' +
      '{ users, made, paths }; those in made are what the panel made.',
    'access host: under which names and ports the page answers besides its own, for an ssh tunnel with another port on your\n' +
      'side. With --json: { allowedHosts }.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel access add "$(id -u)"', 'let yourself in'],
    ['sudo razroom-panel access list', 'show who may'],
    ['sudo razroom-panel access user add alice', 'the page may let the gateway run as alice'],
    ['sudo razroom-panel access host add 127.0.0.1:28780', 'for ssh -L 28780:127.0.0.1:18780'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const { client, out, positionals } = context
    const [word, uidText, ...others] = positionals
    const what = chooseSubcommand('access', word, ['add', 'remove', 'list', 'user', 'path', 'host'])
    if (what === 'user' || what === 'path') return changeAllowances(context, what, positionals.slice(1))
    if (what === 'host') return changeHosts(context, positionals.slice(1))
    if (what === 'list' && uidText !== undefined) refuseOperands('access list', [uidText])
    refuseOperands(`access ${what} UID`, others)
    const uid = what === 'list' ? undefined : parseUid(what, uidText)
    const panel = await client()
    let { adminUids } = await panel.call('GET /api/settings', {})
    if (uid !== undefined && adminUids.includes(uid) !== (what === 'add')) {
      if (what === 'add') await requireAccount(context, uid)
      const wanted = what === 'add' ? [...adminUids, uid] : adminUids.filter((other) => other !== uid)
      adminUids = (await panel.call('PUT /api/settings', { body: { adminUids: wanted } })).adminUids
    }
    if (out.json) out.document({ adminUids })
    else out.line(describeAccess(adminUids))
    return 0
  },
}

/** Whoever got the number later would be let in, by nobody's wish. What is gone can still be taken off the list. */
async function requireAccount({ services }: CommandContext, uid: number): Promise<void> {
  if (uid === 0 || (await services.findAccountName(String(uid))) !== null) return
  throw usageError(`no user of this machine has the UID ${uid}; see them: getent passwd`)
}

/** `access host ...`. */
async function changeHosts({ client, out }: CommandContext, words: readonly string[]): Promise<number> {
  const [word, name, ...others] = words
  const what = chooseSubcommand('access host', word, ['add', 'remove', 'list'])
  if (what === 'list' && name !== undefined) refuseOperands('access host list', [name])
  refuseOperands(`access host ${what} NAME:PORT`, others)
  if (what !== 'list' && (name === undefined || !isHostName(name)))
    throw usageError(`access host ${what} needs NAME:PORT, as the browser shows it: 127.0.0.1:28780`)
  const panel = await client()
  let { allowedHosts } = await panel.call('GET /api/settings', {})
  if (name !== undefined && allowedHosts.includes(name) !== (what === 'add')) {
    const wanted = what === 'add' ? [...allowedHosts, name] : allowedHosts.filter((other) => other !== name)
    allowedHosts = (await panel.call('PUT /api/settings', { body: { allowedHosts: wanted } })).allowedHosts
  }
  if (out.json) out.document({ allowedHosts })
  else out.line(allowedHosts.length === 0 ? 'The page has its own names only.' : allowedHosts.join('\n'))
  return 0
}

function isHostName(name: string): boolean {
  const port = Number(HOST_NAME.exec(name)?.[2] ?? 0)
  return port >= 1 && port <= MAX_PORT
}

function parseUid(what: string, text: string | undefined): number {
  if (text === undefined) throw usageError(`access ${what} needs a UID, a number: id -u NAME`)
  const uid = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (uid === 0 && what === 'remove')
    throw usageError('root may always reach the page: 0 cannot be taken off')
  if (uid <= MAX_UID) return uid
  const name = USER_NAME.test(text) ? text : 'NAME'
  throw usageError(`${JSON.stringify(text)} is no UID; it is a number: access ${what} "$(id -u ${name})"`)
}

function describeAccess(adminUids: readonly number[]): string {
  const others = adminUids.filter((uid) => uid !== 0)
  return others.length === 0 ? 'Only root may reach the page.' : `root and: ${others.join(', ')}`
}
