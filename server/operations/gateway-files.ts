/** The two files of the gateway the panel reads, and the token that follows from them. */
import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import { MAX_ENV_FILE_BYTES } from '../../contract/rules.ts'
import { defaultSettings, type Settings } from '../../contract/settings.ts'
import { type EnvFile, parseEnvFile, readEnv } from '../domain/env-file.ts'
import { type GatewayPaths, gatewayPaths } from '../domain/gateway-spec.ts'
import { configText, type RazroomConfig, readConfig } from '../domain/razroom-config.ts'
import { type EffectiveToken, effectiveToken } from '../domain/token.ts'
import { SetupError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'

/** The ETag of a file that is not there. */
export const ABSENT_ETAG = 'absent'

export interface EnvOnDisk {
  readonly file: EnvFile
  readonly etag: string
  readonly exists: boolean
}

export interface ConfigOnDisk {
  readonly config: RazroomConfig
  readonly text: string
  readonly etag: string
}

/** The account the gateway runs as; SETUP_REQUIRED when there is none. */
export async function requireUser(
  host: Host,
): Promise<{ user: UserAccount; paths: GatewayPaths; settings: Settings }> {
  const { settings } = await host.readState()
  const user = settings ? await host.findUser(settings.user) : null
  if (!settings || !user) throw new SetupError('SETUP_REQUIRED')
  return { user, settings, paths: gatewayPaths(user, settings) }
}

/** The gateway's files as the settings place them. */
export async function readPaths(host: Host, user: UserAccount): Promise<GatewayPaths> {
  return gatewayPaths(user, (await host.readState()).settings ?? defaultSettings())
}

export async function readEnvFile(host: Host, user: UserAccount): Promise<EnvOnDisk> {
  const found = await host.readUserFile(user, (await readPaths(host, user)).envFile, MAX_ENV_FILE_BYTES)
  if (!found) return { file: parseEnvFile(new Uint8Array()), etag: ABSENT_ETAG, exists: false }
  return { file: parseEnvFile(found.bytes), etag: found.etag, exists: true }
}

/** null when there is no razroom.json; CONFIG_INVALID when it is not JSON5. */
export async function readConfigFile(host: Host, user: UserAccount): Promise<ConfigOnDisk | null> {
  const found = await host.readUserFile(user, (await readPaths(host, user)).configFile, MAX_CONFIG_BYTES)
  if (!found) return null
  return { config: readConfig(found.bytes), text: configText(found.bytes), etag: found.etag }
}

/** The token the gateway checks, or null when neither file has one. */
export async function readEffectiveToken(host: Host, user: UserAccount): Promise<EffectiveToken | null> {
  const [env, config] = await Promise.all([readEnvFile(host, user), readConfigFile(host, user)])
  return effectiveToken(readEnv(env.file), config?.config ?? null)
}
