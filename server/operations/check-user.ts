/** Who the gateway may run as. */
import { nearest } from '../../contract/nearest.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { SetupError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'

/** The overflow uid of the kernel, which is nobody's own (user_namespaces(7)). */
const OVERFLOW_UID = 65_534

/** What setup records when it makes a user: see `created` of the panel's state. */
export const userEntry = (name: string): string => `user:${name}`

/** In the record from before a user is made until it is recorded as made: until then it may be half made. */
export const makingEntry = (name: string): string => `making-user:${name}`

/**
 * Whether the panel was making this account when it was ended. One that setup would not make so, somebody else has made
 * since: a person's has a shell.
 */
export function isHalfMade(created: readonly string[], { name, home, shell }: UserAccount): boolean {
  const isAsMade = home === `/home/${name}` && /\/(nologin|false)$/.test(shell)
  return isAsMade && created.includes(makingEntry(name))
}

/**
 * Refuses an account that cannot run the gateway.
 * @returns what should be said of it though it is no obstacle, or null
 * @throws SetupError USER_UNSUITABLE root, nobody, or no home of its own
 */
export async function checkUser(host: Host, user: UserAccount): Promise<string | null> {
  const unsuitable = (detail: string) => new SetupError('USER_UNSUITABLE', { detail })
  if (user.uid === 0 || user.gid === 0) throw unsuitable(`${user.name} is root, or in root’s group`)
  if (user.uid === OVERFLOW_UID) throw unsuitable(`${user.name} (uid ${user.uid}) stands for nobody`)
  const home = await host.readHome(user)
  if (home.state === 'missing') throw unsuitable(`${user.name} has no home: ${user.home} does not exist`)
  if (home.state === 'other') throw unsuitable(`${user.home} does not belong to its user ${user.name}`)
  if (home.networkFileSystem === null) return null
  return `${user.home} lies on ${home.networkFileSystem}, where podman usually cannot keep images; move its storage with graphroot in ~/.config/containers/storage.conf`
}

/** True for a user that setup makes when there is none. */
export function mayCreate(name: string, createUser: boolean): boolean {
  return createUser || name === defaultSettings().user
}

/** USER_MISSING, with the name that may have been meant. */
export async function missingUser(host: Host, name: string): Promise<SetupError> {
  const known = await host.listUsers()
  const meant = nearest(name, known)
  const others = known.length > 0 ? `users of this machine: ${known.slice(0, 5).join(', ')}` : ''
  const hint = meant === undefined ? others : `did you mean ${meant}?`
  return new SetupError('USER_MISSING', {
    detail: `there is no user ${name}${hint === '' ? '' : `; ${hint}`}`,
  })
}
