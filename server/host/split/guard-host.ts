/** A host that takes no account, path or range on trust: what every caller gets, whose wishes may come from the front. */
import { AuthError, InputError, PanelError, SetupError } from '../../errors.ts'
import type { BackupSource } from '../backups.ts'
import type { BuildSource, Host, IdRange, UserAccount } from '../host.ts'
import type { Admission } from './admission.ts'
import { requireFreeRange } from './id-range-rules.ts'
import { VERB_NAMES, VERBS, type VerbName } from './verbs.ts'

/**
 * The host, with each account looked up anew by its name, and with what root has not allowed refused.
 * @throws AuthError USER_NOT_ADMITTED, PATH_NOT_ADMITTED from the verbs
 */
export function guardHost(host: Host, admission: Admission): Host {
  const looked = lookUpAccounts(host, admission)
  const requirePath = (path: string) => requireAllowedPath(admission, path)
  const requireSource = async (source: BuildSource) => {
    if (source.kind === 'repo') await requirePath(source.path)
  }
  const requireBackup = async (source: BackupSource) => {
    if ('path' in source) await requirePath(source.path)
  }
  return {
    ...looked,
    async requireAdmitted({ user, path }) {
      if (user !== undefined) await admission.requireAllowed(user)
      if (path !== undefined) await requirePath(path)
    },
    createUser: (name) => inTurn(() => makeUser(host, admission, name)),
    finishUser: (name) => inTurn(() => finishMaking(host, admission, name)),
    addIdRanges: (name, subuid, subgid) => inTurn(() => giveRanges(host, admission, name, [subuid, subgid])),
    async probeGateway(port, address) {
      await requireAddress(host, address)
      return host.probeGateway(port, address)
    },
    async proveGatewayToken(user, port, token, address) {
      await requireAddress(host, address)
      return looked.proveGatewayToken(user, port, token, address)
    },
    async readArchive(path) {
      await requirePath(path)
      return host.readArchive(path)
    },
    async loadArchive(user, path, tag, watch) {
      await requirePath(path)
      return looked.loadArchive(user, path, tag, watch)
    },
    async fingerprintSource(source) {
      await requireSource(source)
      return host.fingerprintSource(source)
    },
    async buildImage(user, request, watch) {
      await requireSource(request.source)
      return looked.buildImage(user, request, watch)
    },
    async verifyBackup(source, watch) {
      await requireBackup(source)
      return host.verifyBackup(source, watch)
    },
    async restoreBackup(user, source, order, watch) {
      await requireBackup(source)
      return looked.restoreBackup(user, source, order, watch)
    },
    async makeBackup(user, order, watch) {
      if (order.path !== null) await admission.requireWritable(order.path)
      return looked.makeBackup(user, order, watch)
    },
  }
}

let last: Promise<unknown> = Promise.resolve()
/** One after the other: what is free or few is looked at first, and many at once would all find it so. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work)
  last = turn.catch(() => undefined)
  return turn
}

async function makeUser(host: Host, admission: Admission, name: string): Promise<UserAccount> {
  // One that is there was not made here, and is not allowed by trying.
  if (await host.findUser(name)) return host.createUser(name)
  await admission.beginMaking(name)
  try {
    return await host.createUser(name)
  } catch (error) {
    if (!(await host.findUser(name))) await admission.undoMaking(name)
    throw error
  }
}

/** Only what root's own record says that the panel has begun. */
async function finishMaking(host: Host, admission: Admission, name: string): Promise<UserAccount> {
  const { made } = await admission.readList()
  if (!made.includes(name))
    throw new SetupError('USER_UNSUITABLE', { detail: `${name} was not made by the panel` })
  return host.finishUser(name)
}

async function giveRanges(
  host: Host,
  admission: Admission,
  name: string,
  [subuid, subgid]: readonly [IdRange | null, IdRange | null],
): Promise<void> {
  const user = await admission.findAccount(name)
  for (const [kind, range] of [
    ['subuid', subuid],
    ['subgid', subgid],
  ] as const) {
    if (!range) continue
    const [present, ids] = await Promise.all([host.readIdRanges(kind), admission.readIds(kind)])
    requireFreeRange(kind, range, user, present, ids)
  }
  await host.addIdRanges(user.name, subuid, subgid)
}

async function requireAddress(host: Host, address: string | undefined): Promise<void> {
  if (address !== undefined && !(await host.hasAddress(address)))
    throw new InputError('REQUEST_INVALID', { detail: `${address} is no address of this machine` })
}

/** What else is wrong with the path, the verb says in its own words. */
async function requireAllowedPath(admission: Admission, path: string): Promise<void> {
  try {
    await admission.findReader(path)
  } catch (error) {
    if (error instanceof PanelError && error.code === 'PATH_NOT_ADMITTED') throw error
  }
}

type AnyVerb = (...args: unknown[]) => unknown

/** Every verb that takes an account, by its row; the others as they are. */
function lookUpAccounts(host: Host, admission: Admission): Host {
  const verbs = VERB_NAMES.map((name) => {
    const { isAccount, kind } = VERBS[name]
    const verb = host[name] as unknown as AnyVerb
    if (!isAccount || kind === 'here') return [name, verb] as const
    return [name, kind === 'items' ? lookUpFirst(verb, admission) : lookUp(verb, admission)] as const
  })
  return Object.fromEntries<AnyVerb>(verbs) as Record<VerbName, AnyVerb> as unknown as Host
}

function lookUp(verb: AnyVerb, admission: Admission): AnyVerb {
  return async (user, ...rest) => verb(await admission.findAccount(nameOf(user)), ...rest)
}

function lookUpFirst(verb: AnyVerb, admission: Admission): AnyVerb {
  return async function* (user, ...rest) {
    yield* verb(await admission.findAccount(nameOf(user)), ...rest) as AsyncIterable<unknown>
  }
}

function nameOf(user: unknown): string {
  if (typeof user === 'object' && user !== null && 'name' in user) return String((user as UserAccount).name)
  throw new AuthError('USER_NOT_ADMITTED', { detail: 'no account was named' })
}
