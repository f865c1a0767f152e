/** The gateway's two files as far as provider, model and channels matter: what they have, and what would change. */
import type {
  ChannelConnection,
  ConnectionPreview,
  Connections,
  ConnectionWish,
  FileEtags,
  FilePreview,
  ProviderConnection,
} from '../../contract/connections.ts'
import type { Finding } from '../../contract/schemas.ts'
import { maskConfigText } from '../domain/config-view.ts'
import {
  CONNECT_CHANNELS,
  type ConnectChannel,
  channelVariables,
  missingVariables,
} from '../domain/connect-channels.ts'
import {
  allowedModels,
  connectInConfig,
  connectInEnv,
  modelOf,
  providersOfConfig,
} from '../domain/connect-edits.ts'
import {
  CONNECT_PROVIDERS,
  type ConnectProvider,
  providerWords,
  variableFor,
} from '../domain/connect-providers.ts'
import { type ConnectionReading, readConnectionWish } from '../domain/connect-reading.ts'
import { findKnownVariable } from '../domain/env-catalogue.ts'
import { type EnvFile, parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import { checkEnv } from '../domain/env-findings.ts'
import { maskedDifference } from '../domain/line-difference.ts'
import { maskedEnvLines } from '../domain/mask.ts'
import { configText, readConfig } from '../domain/razroom-config.ts'
import { InputError, NotFoundError, PanelError } from '../errors.ts'
import type { Host, UserFile } from '../host/host.ts'
import { configChangedMeanwhile, refuseConfigText } from './edit-config.ts'
import { envChangedMeanwhile } from './edit-env.ts'
import { asText, readVersioned } from './file-versions.ts'
import { ABSENT_ETAG, requireUser } from './gateway-files.ts'

interface Desk {
  readonly envPath: string
  readonly configPath: string
  readonly env: EnvFile
  readonly variables: ReadonlyMap<string, string>
  readonly config: UserFile | null
  readonly etags: FileEtags
}

/** What is wished, and the files as they would be. */
export interface ConnectionPlan {
  readonly reading: ConnectionReading
  readonly etags: FileEtags
  readonly envPath: string
  readonly configPath: string
  /** null: the file stays as it is. */
  readonly envAfter: EnvFile | null
  readonly configAfter: string | null
  readonly preview: ConnectionPreview
}

/** What can be connected and what is, as far as the two files tell. SETUP_REQUIRED; what the host says of the files. */
export async function readConnections(host: Host): Promise<Connections> {
  const { etags, variables, config } = await openDesk(host)
  const raw = rawOrNull(config)
  const isSet = (name: string) => isFilled(variables, name)
  const inConfig = providersOfConfig(
    raw,
    new Map(CONNECT_PROVIDERS.map(({ id, variables }) => [id, variables])),
  )
  const providers = CONNECT_PROVIDERS.map((provider) => asProvider(provider, isSet, inConfig))
  const hasOther = [...variables.keys()].some(
    (name) => findKnownVariable(name)?.group === 'provider' && isSet(name),
  )
  return {
    etags,
    providers,
    channels: CONNECT_CHANNELS.map((channel) => asChannel(channel, variables)),
    model: modelOf(raw),
    hasProvider: hasOther || inConfig.size > 0 || providers.some((provider) => provider.isSet),
  }
}

/**
 * What a wish would change; changes nothing.
 * @throws {NotFoundError} CONNECTION_UNKNOWN a provider, channel or variable that is not known here
 * @throws {InputError} CONNECTION_INVALID with a field for each thing that is missing or wrong, never with a value;
 *   CONFIG_WOULD_NOT_START
 * @throws {ConflictError} ENV_CHANGED, CONFIG_CHANGED a file is another than the one with the expected ETag
 * @throws {ConflictError} CONFIG_INVALID razroom.json is to be changed and is not JSON5
 */
export async function planConnection(
  host: Host,
  wish: ConnectionWish,
  expected?: FileEtags,
): Promise<ConnectionPlan> {
  const desk = await openDesk(host)
  if (expected) await refuseOthers(host, desk, expected)
  const reading = readConnectionWish(wish, (name) => isFilled(desk.variables, name))
  refuseProblems(reading)
  const env = connectInEnv(desk.env, reading)
  const isEnvOther = !isSameBytes(renderEnvFile(desk.env), renderEnvFile(env))
  const before = desk.config ? configText(desk.config.bytes) : null
  const configAfter =
    reading.model === null && reading.defaults.length === 0 ? null : connectInConfig(before, reading)
  if (configAfter !== null) await refuseConfigText(host, configAfter)
  const { envPath, configPath, etags } = desk
  const envAfter = isEnvOther ? env : null
  const shown = { env: asText(renderEnvFile(desk.env)), config: asText(desk.config?.bytes ?? null) }
  const preview: ConnectionPreview = {
    etags,
    env: asPreview(envPath, shown.env, envAfter && asText(renderEnvFile(envAfter)), maskEnv),
    config: asPreview(configPath, shown.config, configAfter, maskConfig),
    findings: [...reading.findings, ...lineFindings(env, reading), ...modelFindings(desk, reading)],
  }
  return { reading, etags, envPath, configPath, envAfter, configAfter, preview }
}

/** @throws {ConflictError} ENV_CHANGED, CONFIG_CHANGED with what differs: a file is another than the one that was read */
export async function refuseOtherFiles(host: Host, expected: FileEtags): Promise<void> {
  await refuseOthers(host, await openDesk(host), expected)
}

async function refuseOthers(host: Host, desk: Desk, expected: FileEtags): Promise<void> {
  const { etags, env, config, envPath, configPath } = desk
  if (etags.env !== expected.env) throw await envChangedMeanwhile(host, envPath, expected.env, env)
  if (etags.config !== expected.config)
    throw await configChangedMeanwhile(host, configPath, expected.config, config?.bytes ?? null)
}

async function openDesk(host: Host): Promise<Desk> {
  const { user, paths } = await requireUser(host)
  const { envFile: envPath, configFile: configPath } = paths
  const [env, config] = await Promise.all([
    readVersioned(host, user, 'env', envPath),
    readVersioned(host, user, 'config', configPath),
  ])
  const file = parseEnvFile(env?.bytes ?? new Uint8Array())
  const etags = { env: env?.etag ?? ABSENT_ETAG, config: config?.etag ?? ABSENT_ETAG }
  return { envPath, configPath, env: file, variables: readEnv(file), config, etags }
}

function isFilled(variables: ReadonlyMap<string, string>, name: string): boolean {
  return (variables.get(name) ?? '').trim() !== ''
}

/** A broken razroom.json is told by its own page; here it only tells less. */
function rawOrNull(config: UserFile | null): unknown {
  if (!config) return null
  try {
    return readConfig(config.bytes).raw
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return null
  }
}

function asProvider(
  provider: ConnectProvider,
  isSet: (name: string) => boolean,
  inConfig: ReadonlySet<string>,
): ProviderConnection {
  const { id, service, models, variables } = provider
  const setIn = variables.find(isSet) ?? (inConfig.has(id) ? 'razroom.json' : undefined)
  return {
    id,
    service,
    variable: variableFor(provider, isSet),
    isSet: setIn !== undefined,
    ...(setIn === undefined ? {} : { setIn }),
    models: [...models],
    ...providerWords(provider),
  }
}

function asChannel(channel: ConnectChannel, variables: ReadonlyMap<string, string>): ChannelConnection {
  const names = channelVariables(channel)
  const known = names.flatMap((name) => findKnownVariable(name) ?? [])
  const { source, url } = known[0] ?? {}
  const hints = new Set(known.flatMap(({ hint }) => hint ?? []))
  return {
    id: channel.id,
    service: channel.service,
    isSet: missingVariables(channel.ways, (name) => isFilled(variables, name)).length === 0,
    ways: channel.ways.map((way) => [...way]),
    variables: known.map(({ name, purpose, isSecret }) => {
      const isSet = isFilled(variables, name)
      const value = isSet && !isSecret ? variables.get(name) : undefined
      return { name, purpose, isSecret, isSet, ...(value === undefined ? {} : { value }) }
    }),
    ...(source === undefined ? {} : { source }),
    ...(url === undefined ? {} : { url }),
    hints: [...hints],
  }
}

function refuseProblems({ problems }: ConnectionReading): void {
  if (problems.length === 0) return
  const fields = problems.map(({ path, message }) => ({ path: `body.${path}`, message }))
  const detail = problems.map(({ path, message }) => `${path}: it ${message}`).join('; ')
  const unknown = problems.filter(({ isUnknown }) => isUnknown)
  if (unknown.length > 0) {
    const what = unknown.map(({ path, message }) => `${path}: it ${message}`).join('; ')
    throw new NotFoundError('CONNECTION_UNKNOWN', { detail: what, fields })
  }
  throw new InputError('CONNECTION_INVALID', { detail, fields })
}

function asPreview(
  path: string,
  before: string,
  after: string | null,
  mask: (text: string) => string[],
): FilePreview {
  if (after === null) return { path, changed: false, difference: [] }
  return { path, changed: true, difference: maskedDifference(before, after, mask) }
}

function maskEnv(text: string): string[] {
  return maskedEnvLines(parseEnvFile(new TextEncoder().encode(text)))
}

function maskConfig(text: string): string[] {
  return maskConfigText(text).split('\n')
}

/** What the readers of `.env` make of the lines that are written. */
function lineFindings(env: EnvFile, { values }: ConnectionReading): Finding[] {
  const names = new Set(values.map(({ name }) => name))
  const lines = new Set(env.lines.flatMap(({ key, number }) => (names.has(key ?? '') ? [number] : [])))
  return checkEnv(env)
    .filter(({ line, severity }) => line !== undefined && lines.has(line) && severity !== 'info')
    .map(({ fix: _mendedThere, ...finding }) => finding)
}

function modelFindings({ config }: Desk, { model }: ConnectionReading): Finding[] {
  const allowed = allowedModels(rawOrNull(config))
  if (model === null || allowed === null || allowed.includes(model)) return []
  return [
    {
      id: 'connect.model-not-listed',
      severity: 'warning',
      title: 'agents.defaults.models of razroom.json does not name this model',
      evidence: 'where that list stands, the gateway may refuse models that are not in it',
      hint: 'Add the model there on the Configuration page, or take one of the list.',
    },
  ]
}

function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
