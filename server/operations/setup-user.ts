import { defaultSettings } from '../../contract/settings.ts'
import { planIdRanges } from '../domain/subids.ts'
import { SetupError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { checkUser, isHalfMade, makingEntry, mayCreate, missingUser, userEntry } from './check-user.ts'
import type { Step } from './runner.ts'

/**
 * The account of the gateway's user.
 * @throws SetupError SETUP_REQUIRED when there is no such user yet
 */
export async function requireAccount(host: Host): Promise<UserAccount> {
  const name = await gatewayUserName(host)
  const user = await host.findUser(name)
  if (!user) throw new SetupError('SETUP_REQUIRED', { detail: `there is no user ${name}` })
  return user
}

async function gatewayUserName(host: Host): Promise<string> {
  return (await host.readState()).settings?.user ?? defaultSettings().user
}

/**
 * Records something that setup made, so that a purge takes only that.
 * @param created one entry of the record, such as `user:razroom` or `linger:razroom`
 */
export async function remember(host: Host, created: string): Promise<void> {
  const state = await host.readState()
  if (!state.created.includes(created)) await host.updateState({ created: [...state.created, created] })
}

/** It was not made, or by somebody else. */
async function forgetMaking(host: Host, name: string): Promise<void> {
  const { created } = await host.readState()
  const kept = created.filter((entry) => entry !== makingEntry(name))
  if (kept.length < created.length) await host.updateState({ created: kept })
}

/**
 * Finishes the account that a panel was making when it was ended: without a home, podman could not even be asked as this
 * user. Setup records it as made.
 * @returns whether there was one
 */
export async function finishHalfMade(host: Host): Promise<boolean> {
  const { created, settings } = await host.readState()
  const user = settings && (await host.findUser(settings.user))
  if (!user || !isHalfMade(created, user)) return false
  await host.finishUser(user.name)
  return true
}

/**
 * The user exists: found, or made.
 * @param createUser make any user that is missing; without it only the panel's own is made
 */
export function userStep(host: Host, options: { createUser: boolean }): Step {
  return {
    id: 'create-user',
    title: 'The user of the gateway',
    async run(context) {
      const name = await gatewayUserName(host)
      const existing = await host.findUser(name)
      const state = await host.readState()
      if (existing && !isHalfMade(state.created, existing)) {
        await forgetMaking(host, name)
        const warning = await checkUser(host, existing)
        context.command(`getent passwd ${name}`)
        const said = `${name} exists (uid ${existing.uid}, home ${existing.home})`
        context.found(warning === null ? said : `${said}; ${warning}`)
        return
      }
      if (!existing && !mayCreate(name, options.createUser)) throw await missingUser(host, name)
      context.command(`sudo useradd --system --create-home --shell /usr/sbin/nologin ${name}`)
      // Said before and after: a panel that is ended in between knows it again, and finishes what useradd has not.
      await remember(host, makingEntry(name))
      const user = await (existing ? host.finishUser(name) : host.createUser(name)).catch(async (error) => {
        if (!(await host.findUser(name))) await forgetMaking(host, name)
        throw error
      })
      const { created } = await host.readState()
      const entries = [
        ...created.filter((entry) => entry !== makingEntry(name)),
        userEntry(name),
        `home:${user.home}`,
      ]
      await host.updateState({ created: [...new Set(entries)] })
      context.did(`created ${name} (uid ${user.uid}, home ${user.home}, no login shell)`)
    },
  }
}

/** The user has subordinate user and group ids for rootless containers. */
export function idRangesStep(host: Host): Step {
  return {
    id: 'id-ranges',
    title: 'Subordinate ids for rootless containers',
    async run(context) {
      const user = await requireAccount(host)
      const [subuid, subgid] = await Promise.all([host.readIdRanges('subuid'), host.readIdRanges('subgid')])
      const plan = planIdRanges(user, [...subuid], [...subgid])
      const show = (range: { start: number; count: number }) =>
        `${range.start}-${range.start + range.count - 1}`
      if (!plan.subuid && !plan.subgid) {
        context.command(`grep ^${user.name}: /etc/subuid /etc/subgid`)
        const own = subuid.filter(({ owner }) => owner === user.name || owner === String(user.uid))
        context.found(`${user.name} has ${own.map(show).join(', ')}`)
        return
      }
      const flags = [
        ...(plan.subuid ? [`--add-subuids ${show(plan.subuid)}`] : []),
        ...(plan.subgid ? [`--add-subgids ${show(plan.subgid)}`] : []),
      ]
      context.command(`sudo usermod ${flags.join(' ')} ${user.name}`)
      // Before they are added: a panel that is ended in between has forgotten none.
      for (const [kind, range] of [
        ['subuid', plan.subuid],
        ['subgid', plan.subgid],
      ] as const) {
        if (range) await remember(host, `${kind}:${user.name}:${range.start}:${range.count}`)
      }
      await host.addIdRanges(user.name, plan.subuid, plan.subgid)
      context.did(`added ${flags.join(' and ').replaceAll('--add-', '')}`)
    },
  }
}

/** The user's service manager runs without a login, where there is systemd. */
export function userManagerStep(host: Host): Step {
  return {
    id: 'user-manager',
    title: 'Keep the user’s services running without a login',
    async run(context) {
      const facts = await host.readFacts()
      if (!facts.hasSystemd) {
        context.found('systemd is not PID 1 here; the container runs without a user manager')
        return
      }
      const user = await requireAccount(host)
      context.command(`sudo loginctl enable-linger ${user.name}`)
      const hadLinger = await host.hasLinger(user)
      if (hadLinger) context.found('linger is on')
      else {
        await remember(host, `linger:${user.name}`)
        await host.enableLinger(user)
        context.did('turned linger on')
      }
      await host.ensureUserManager(user)
    },
  }
}
