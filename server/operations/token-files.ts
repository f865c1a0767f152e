/** The two files that can hold the gateway's token, as a whole: read for it, and written with a new one. */
import type { Settings } from '../../contract/settings.ts'
import type { TokenStatus } from '../../contract/token.ts'
import { readEnv } from '../domain/env-file.ts'
import type { GatewayPaths } from '../domain/gateway-spec.ts'
import type { TokenPlacement } from '../domain/place-token.ts'
import { type EffectiveToken, maskToken, requireToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { pendingToken, tokenFindings } from '../domain/token-findings.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'
import { saveVersioned } from './file-versions.ts'
import {
  ABSENT_ETAG,
  type ConfigOnDisk,
  type EnvOnDisk,
  readConfigFile,
  readEnvFile,
  requireUser,
} from './gateway-files.ts'
import type { StepContext } from './runner.ts'

/** Another writer may come between reading and writing so often; the change is then made to what that one wrote. */
const WRITE_TRIES = 3

export interface TokenFilesOnDisk {
  readonly user: UserAccount
  readonly paths: GatewayPaths
  readonly settings: Settings
  readonly env: EnvOnDisk & { readonly variables: ReadonlyMap<string, string> }
  readonly config: ConfigOnDisk | null
}

/** SETUP_REQUIRED before a setup, CONFIG_INVALID when razroom.json is not JSON5. */
export async function readTokenFiles(host: Host): Promise<TokenFilesOnDisk> {
  const { user, paths, settings } = await requireUser(host)
  const [env, config] = await Promise.all([readEnvFile(host, user), readConfigFile(host, user)])
  return { user, paths, settings, env: { ...env, variables: readEnv(env.file) }, config }
}

/** The token that the gateway checks. TOKEN_MISSING, TOKEN_NOT_USED. */
export async function readRequiredToken(host: Host): Promise<EffectiveToken> {
  const { env, config } = await readTokenFiles(host)
  return requireToken(env.variables, config?.config ?? null)
}

/** What is known of the token without showing it. TOKEN_MISSING, TOKEN_NOT_USED. */
export async function readTokenStatus(host: Host): Promise<TokenStatus> {
  const { user, settings, env, config } = await readTokenFiles(host)
  const { token, source, sourcesAgree } = requireToken(env.variables, config?.config ?? null)
  const container = await host.inspectContainer(user, settings.containerName)
  const isPending = source === 'env' && container?.running === true && !hasVariable(container, env.variables)
  const findings = [
    ...(isPending ? [pendingToken()] : []),
    ...tokenFindings(env.variables, config?.config ?? null),
  ]
  return { masked: maskToken(token), length: token.length, source, sourcesAgree, findings }
}

/** The container was started with the token that `.env` has now. */
function hasVariable({ env }: ContainerFacts, variables: ReadonlyMap<string, string>): boolean {
  return env.includes(`${TOKEN_VARIABLE}=${variables.get(TOKEN_VARIABLE) ?? ''}`)
}

/**
 * Reads the files, and writes what `place` makes of them; over again when somebody else has written meanwhile.
 * @param written is given the path of each file that was written, also when it then fails; none where all was so already
 * @throws what `place` throws, before anything is written; ENV_CHANGED or CONFIG_CHANGED when the files never rest
 */
export async function writeTokenFiles(
  host: Host,
  context: StepContext,
  place: (files: TokenFilesOnDisk) => TokenPlacement,
  written: Set<string>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const files = await readTokenFiles(host)
    const placement = place(files)
    try {
      return await writePlacement(host, context, files, placement, written)
    } catch (error) {
      const isChanged =
        error instanceof PanelError && (error.code === 'ENV_CHANGED' || error.code === 'CONFIG_CHANGED')
      if (!isChanged || tries === WRITE_TRIES) throw error
    }
  }
}

/**
 * razroom.json first: should the second write fail, the effective token is the new one already and a second run mends
 * the rest.
 */
async function writePlacement(
  host: Host,
  { startedBy: by, kind: reason }: StepContext,
  { user, paths, env, config }: TokenFilesOnDisk,
  placement: TokenPlacement,
  written: Set<string>,
): Promise<void> {
  const common = { mode: 0o600, by, reason }
  if (placement.configText !== null) {
    const bytes = new TextEncoder().encode(placement.configText)
    const expectedEtag = config?.etag ?? ABSENT_ETAG
    const path = paths.configFile
    await saveVersioned(host, user, { ...common, file: 'config', path, bytes, expectedEtag })
    written.add(path)
  }
  if (placement.env !== null) {
    const path = paths.envFile
    await saveVersioned(host, user, {
      ...common,
      file: 'env',
      path,
      bytes: placement.env,
      expectedEtag: env.etag,
    })
    written.add(path)
  }
}
