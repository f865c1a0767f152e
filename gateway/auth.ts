import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config } from './config-schema.ts'
import { type Environment, nonEmpty } from './state-paths.ts'

/** The secret a client must show, with where it came from. */
export interface GatewayAuth {
  mode: 'token' | 'password'
  secret: string
  source: 'flag' | 'config' | 'env'
}

/** Secrets given on the command line; they beat everything else. */
export interface AuthFlags {
  token?: string | undefined
  password?: string | undefined
}

/**
 * The secret the *server* checks: flag, then `gateway.auth.*` of razroom.json, then the environment.
 * Undefined when none is set. The CLI looks the other way round, see {@link resolveClientAuth}.
 * Source: docs/facts/razroom-gateway.md, "Two tokens".
 */
export function resolveServerAuth(
  config: Config,
  env: Environment,
  flags: AuthFlags,
): GatewayAuth | undefined {
  return resolveAuth(config, env, flags, ['config', 'env'])
}

/** The secret the *CLI* in the container shows: flag, then the environment, then razroom.json. */
export function resolveClientAuth(
  config: Config,
  env: Environment,
  flags: AuthFlags,
): GatewayAuth | undefined {
  return resolveAuth(config, env, flags, ['env', 'config'])
}

function resolveAuth(
  config: Config,
  env: Environment,
  flags: AuthFlags,
  order: readonly ('config' | 'env')[],
): GatewayAuth | undefined {
  const auth = config.gateway?.auth ?? {}
  const candidates = {
    token: { flag: flags.token, config: auth.token, env: env.RAZROOM_GATEWAY_TOKEN },
    password: { flag: flags.password, config: auth.password, env: env.RAZROOM_GATEWAY_PASSWORD },
  }
  const hasPassword = Object.values(candidates.password).some((value) => nonEmpty(value))
  const mode = auth.mode ?? (hasPassword ? 'password' : 'token')
  for (const source of ['flag', ...order] as const) {
    const secret = nonEmpty(candidates[mode][source])
    if (secret) return { mode, secret, source }
  }
  return undefined
}

/** Compares in constant time, also for different lengths, by comparing SHA-256 digests. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/**
 * Whether an `Authorization` header carries the secret as `Bearer` (RFC 6750; the scheme's case is free).
 * @param header the header's value, or undefined when it was not sent
 */
export function isAuthorized(header: string | undefined, auth: GatewayAuth): boolean {
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1]
  return given !== undefined && isSameSecret(given.trim(), auth.secret)
}
