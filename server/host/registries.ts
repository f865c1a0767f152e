/** Logins to registries, kept by podman in a file of the gateway's user that a reboot does not take. */
import { dirname } from 'node:path'
import Type from 'typebox'
import { Value } from 'typebox/value'
import type { RegistryLogin, RegistryLoginRequest } from '../../contract/images.ts'
import { CommandError, HostError } from '../errors.ts'
import type { UserAccount } from './host.ts'
import type { RunAsUser } from './run-as-user.ts'
import type { UserFiles } from './user-files.ts'

/** Some registries ask an identity provider first. */
const LOGIN_TIMEOUT_MS = 120_000
const MAX_AUTH_BYTES = 1_048_576

export interface Registries {
  /** REGISTRY_LOGIN_FAILED with podman's words. The password goes over stdin only. */
  loginRegistry(user: UserAccount, login: RegistryLoginRequest): Promise<void>
  /** No error without a login. */
  logoutRegistry(user: UserAccount, registry: string): Promise<void>
  /** Names only. */
  listRegistryLogins(user: UserAccount): Promise<readonly RegistryLogin[]>
}

/**
 * podman's own default is below /run, where a reboot takes it (podman-login(1)); this is where podman looks next
 * (containers-auth.json(5)), so that a person's own `podman pull` finds the login too.
 */
export function authFileOf(user: Pick<UserAccount, 'home'>): string {
  return `${user.home}/.config/containers/auth.json`
}

/** containers-auth.json(5); an entry without `auth` belongs to a credential helper. */
const AuthFile = Type.Object({
  auths: Type.Optional(Type.Record(Type.String(), Type.Object({ auth: Type.Optional(Type.String()) }))),
})

/** @param text of auth.json @returns the logins without their secrets; null when it is not such a file */
export function parseLogins(text: string): RegistryLogin[] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON: the caller says whose file it is.
    return null
  }
  if (!Value.Check(AuthFile, value)) return null
  return Object.entries(value.auths ?? {}).flatMap(([registry, { auth }]) => {
    if (auth === undefined) return []
    const pair = Buffer.from(auth, 'base64').toString('utf8')
    return [{ registry, username: pair.slice(0, Math.max(0, pair.indexOf(':'))) }]
  })
}

export function createRegistries(runAsUser: RunAsUser, files: Pick<UserFiles, 'readUserFile'>): Registries {
  const podman = (user: UserAccount, args: readonly string[], stdin?: Uint8Array) =>
    runAsUser(user, ['podman', ...args], {
      timeoutMs: LOGIN_TIMEOUT_MS,
      ...(stdin === undefined ? {} : { stdin }),
    })
  const listRegistryLogins = async (user: UserAccount) => {
    const path = authFileOf(user)
    const found = await files.readUserFile(user, path, MAX_AUTH_BYTES)
    const logins = found === null ? [] : parseLogins(new TextDecoder().decode(found.bytes))
    if (logins !== null) return logins
    throw new HostError('COMMAND_FAILED', {
      detail: `${path} is not as podman writes it: correct it, or move it away and log in again`,
    })
  }
  return {
    async loginRegistry(user, { registry, username, password }) {
      const authFile = authFileOf(user)
      await runAsUser(user, ['mkdir', '--parents', '--mode=0700', '--', dirname(authFile)], {
        timeoutMs: LOGIN_TIMEOUT_MS,
        direct: true,
      })
      const options = [`--authfile=${authFile}`, `--username=${username}`, '--password-stdin']
      try {
        await podman(user, ['login', ...options, '--', registry], new TextEncoder().encode(password))
      } catch (error) {
        if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') throw error
        throw new CommandError(error.failure, 'REGISTRY_LOGIN_FAILED', error)
      }
    },
    async logoutRegistry(user, registry) {
      const logins = await listRegistryLogins(user)
      if (!logins.some((login) => login.registry === registry)) return
      await podman(user, ['logout', `--authfile=${authFileOf(user)}`, '--', registry])
    },
    listRegistryLogins,
  }
}
