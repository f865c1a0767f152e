import { join } from 'node:path'
import { type AuthFlags, type GatewayAuth, resolveServerAuth } from './auth.ts'
import { loadConfig } from './config-file.ts'
import type { Config } from './config-schema.ts'
import { layerEnvironment } from './environment.ts'
import { FatalError } from './fatal-error.ts'
import { type Environment, nonEmpty, resolveStatePaths, type StatePaths } from './state-paths.ts'

/** The flags of `gateway`; ports and modes still as typed. */
export interface GatewayFlags extends AuthFlags {
  bind?: string | undefined
  port?: string | undefined
  allowUnconfigured: boolean
}

/** Everything a start needs to know, read once and checked. */
export interface GatewayPlan {
  paths: StatePaths
  config: Config
  raw: Record<string, unknown>
  env: Environment
  bind: 'lan' | 'loopback'
  host: '0.0.0.0' | '127.0.0.1'
  port: number
  auth: GatewayAuth
  warnings: string[]
}

export const DEFAULT_PORT = 18_789

/**
 * Reads flags, environment and razroom.json and decides whether and how to start, in the real gateway's order:
 * configuration valid, `gateway.mode=local`, bind and port, a secret. Flags beat the environment, which beats
 * razroom.json (only for the secret razroom.json comes first). Source: docs/facts/razroom-gateway.md.
 * @throws {FatalError} with the real gateway's text
 */
export function planGateway(flags: GatewayFlags, processEnv: Environment): GatewayPlan {
  const paths = resolveStatePaths(processEnv)
  const { exists, config, raw } = loadConfig(paths)
  requireLocalMode(exists, config, flags.allowUnconfigured)
  const layered = layerEnvironment(processEnv, [join(process.cwd(), '.env'), paths.envPath], config.env ?? {})
  const env = layered.values
  const bind = resolveBind(flags.bind ?? config.gateway?.bind)
  const auth = resolveServerAuth(config, env, flags)
  if (!auth) {
    throw new FatalError([
      `Refusing to bind gateway to ${bind} without auth.\n` +
        'Set gateway.auth.token/password (or RAZROOM_GATEWAY_TOKEN/RAZROOM_GATEWAY_PASSWORD) ' +
        'or pass --token/--password.',
    ])
  }
  const host = bind === 'lan' ? '0.0.0.0' : '127.0.0.1'
  const port = resolvePort(flags.port, env, config)
  return { paths, config, raw, env, bind, host, port, auth, warnings: layered.problems }
}

/**
 * The port from flag, `RAZROOM_GATEWAY_PORT`, `gateway.port` or the default; 1 to 65535.
 * @throws {FatalError} not a port
 */
export function resolvePort(flag: string | undefined, env: Environment, config: Config): number {
  const given = flag ?? nonEmpty(env.RAZROOM_GATEWAY_PORT)
  if (given === undefined) return config.gateway?.port ?? DEFAULT_PORT
  const port = /^\d{1,5}$/.test(given) ? Number(given) : 0
  if (port < 1 || port > 65_535)
    throw new FatalError([`Invalid port "${given}" (use a number from 1 to 65535)`])
  return port
}

function requireLocalMode(exists: boolean, config: Config, allowUnconfigured: boolean): void {
  const mode = config.gateway?.mode
  if (allowUnconfigured || mode === 'local') return
  throw new FatalError([
    exists
      ? `Gateway start blocked: set gateway.mode=local (current: ${mode ?? 'unset'}) or pass --allow-unconfigured.`
      : 'Missing config. Run `razroom setup` or set gateway.mode=local (or pass --allow-unconfigured).',
  ])
}

function resolveBind(bind: string | undefined): 'lan' | 'loopback' {
  if (bind === 'lan') return 'lan'
  // The real gateway's `auto` prefers loopback wherever it can listen there.
  if (bind === undefined || bind === 'loopback' || bind === 'auto') return 'loopback'
  throw new FatalError([`Invalid --bind "${bind}" (the bundled gateway knows "loopback", "lan" and "auto")`])
}
