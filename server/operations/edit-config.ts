/** Reading, checking and saving razroom.json for the routes. */
import {
  type ConfigChange,
  type ConfigCheck,
  type ConfigDocument,
  type ConfigSaved,
  MAX_CONFIG_CHARACTERS,
} from '../../contract/config.ts'
import type { Finding } from '../../contract/schemas.ts'
import { changedConfigKeys } from '../domain/config-changes.ts'
import { checkConfig, configVerdict, mendConfig } from '../domain/config-findings.ts'
import type { ConfigSurroundings } from '../domain/config-reading.ts'
import { maskConfigText } from '../domain/config-view.ts'
import { isUtf8, readEnv } from '../domain/env-file.ts'
import { gatewayAuthority } from '../domain/gateway-address.ts'
import { refuseMasks } from '../domain/mask.ts'
import { configText, readConfig } from '../domain/razroom-config.ts'
import { ConflictError, HostError, InputError, PanelError } from '../errors.ts'
import type { Host, UserAccount, UserFile } from '../host/host.ts'
import { type Author, asText, readVersioned, saveVersioned } from './file-versions.ts'
import { ABSENT_ETAG, readEnvFile, requireUser } from './gateway-files.ts'
import { readVersionBytes } from './read-versions.ts'

const CONFIG_MODE = 0o600
/** Of a long list of keys so many are named. */
const NAMED_KEYS = 8

interface Desk {
  readonly user: UserAccount
  readonly path: string
  readonly around: ConfigSurroundings
  readonly found: UserFile | null
  readonly etag: string
}

async function openDesk(host: Host): Promise<Desk> {
  const { user, paths, settings } = await requireUser(host)
  const path = paths.configFile
  const [found, env] = await Promise.all([
    readVersioned(host, user, 'config', path),
    readVariables(host, user),
  ])
  const origin = `http://${gatewayAuthority(settings.publishAddress, settings.gatewayPort)}`
  return { user, path, around: { env, origin }, found, etag: found?.etag ?? ABSENT_ETAG }
}

/** null when `.env` cannot be read, which the status tells, and the editor of `.env`. */
async function readVariables(host: Host, user: UserAccount): Promise<ConfigSurroundings['env']> {
  try {
    return readEnv((await readEnvFile(host, user)).file)
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return null
  }
}

/** The document as the page shows it, secrets masked. */
export async function readConfigDocument(host: Host): Promise<ConfigDocument> {
  const { path, around, found, etag } = await openDesk(host)
  const isText = !found || isUtf8(found.bytes)
  return {
    path,
    exists: found !== null,
    etag,
    isUtf8: isText,
    text: isText ? maskConfigText(asText(found?.bytes ?? null)) : '',
    findings: checkConfig(found?.bytes ?? null, around),
  }
}

/** The whole text. CONFIG_INVALID when it is not UTF-8. */
export async function revealConfig(host: Host): Promise<{ text: string; etag: string }> {
  const { found, etag } = await openDesk(host)
  return { text: found ? configText(found.bytes) : '', etag }
}

/** What is wrong with a text, as razroom.json of this gateway. */
export async function checkConfigText(host: Host, text: string): Promise<ConfigCheck> {
  const { around } = await openDesk(host)
  const findings = checkConfig(new TextEncoder().encode(text), around)
  return { verdict: configVerdict(findings), findings }
}

/**
 * Saves a text, or the mend of one finding, over the version the caller read. PRECONDITION_REQUIRED without an ETag,
 * CONFIG_CHANGED when the file is another by now, CONFIG_INVALID for what is not JSON5, CONFIG_WOULD_NOT_START,
 * ENV_FINDING_GONE when there is nothing to mend, REQUEST_INVALID for a text with masks in place of its secrets.
 */
export async function saveConfig(
  host: Host,
  change: ConfigChange,
  etag: string | undefined,
  author: Author,
): Promise<ConfigSaved> {
  const desk = await openChecked(host, etag)
  if ('mend' in change) {
    const mended = mendConfig(desk.found?.bytes ?? null, desk.around, change.mend)
    if (mended === null) throw new ConflictError('ENV_FINDING_GONE', { detail: change.mend })
    return write(host, desk, encode(mended), author)
  }
  const bytes = encode(change.text)
  refuseText(change.text, bytes, desk.around, change.anyway ?? false)
  return write(host, desk, bytes, author)
}

/** Refuses a text as a save of it would, and saves nothing. */
export async function refuseConfigText(host: Host, text: string): Promise<void> {
  refuseText(text, encode(text), (await openDesk(host)).around, false)
}

function refuseText(text: string, bytes: Uint8Array, around: ConfigSurroundings, isAnyway: boolean): void {
  refuseMasks(text)
  refuseInvalid(bytes, around)
  if (!isAnyway) refuseFatal(checkConfig(bytes, around))
}

/** Goes back to a version; refused as a save is, but for one with which a gateway has started. */
export async function restoreConfig(
  host: Host,
  id: string,
  etag: string | undefined,
  author: Author,
): Promise<ConfigSaved> {
  const desk = await openChecked(host, etag)
  const { bytes, isProven } = await readVersionBytes(host, 'config', id)
  refuseInvalid(bytes, desk.around)
  if (!isProven) refuseFatal(checkConfig(bytes, desk.around))
  return write(host, desk, bytes, author)
}

async function openChecked(host: Host, etag: string | undefined): Promise<Desk> {
  if (etag === undefined) throw new ConflictError('PRECONDITION_REQUIRED')
  const desk = await openDesk(host)
  if (desk.etag !== etag) throw await configChangedMeanwhile(host, desk.path, etag, desk.found?.bytes ?? null)
  return desk
}

/** Says which keys are others now, as far as the version is kept that the caller read. */
export async function configChangedMeanwhile(
  host: Host,
  path: string,
  etag: string,
  now: Uint8Array | null,
): Promise<ConflictError> {
  const read = (await host.listVersions(path)).find((version) => version.etag === etag)
  const before = read ? await host.readVersion(path, read.id) : null
  const names = before && now ? changedConfigKeys(before, now) : []
  const more = names.length > NAMED_KEYS ? ` and ${names.length - NAMED_KEYS} more` : ''
  const what = names.length === 0 ? path : `${path}: ${names.slice(0, NAMED_KEYS).join(', ')}${more}`
  return new ConflictError('CONFIG_CHANGED', { detail: what })
}

async function write(
  host: Host,
  { user, path, etag }: Desk,
  bytes: Uint8Array,
  author: Author,
): Promise<ConfigSaved> {
  if (bytes.length > MAX_CONFIG_CHARACTERS * 4) {
    throw new HostError('FILE_TOO_LARGE', { detail: `${path} would have ${bytes.length} bytes` })
  }
  const save = { file: 'config', path, bytes, mode: CONFIG_MODE, expectedEtag: etag, ...author } as const
  try {
    const saved = await saveVersioned(host, user, save)
    return { etag: saved.etag, changed: saved.etag !== etag }
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'ENV_CHANGED') throw error
    throw new ConflictError('CONFIG_CHANGED', { detail: path, cause: error })
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function refuseInvalid(bytes: Uint8Array, around: ConfigSurroundings): void {
  try {
    readConfig(bytes)
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    const { code, detail = '' } = error
    throw new ConflictError(code, { detail, fields: checkConfig(bytes, around).map(asField), cause: error })
  }
}

function refuseFatal(findings: readonly Finding[]): void {
  const fatal = findings.filter(({ severity }) => severity === 'error')
  if (fatal.length === 0) return
  const fields = fatal.map(asField)
  const detail = fields.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new InputError('CONFIG_WOULD_NOT_START', { detail, fields })
}

function asField({ line = 1, column = 1, title, evidence }: Finding): { path: string; message: string } {
  return { path: `${line}:${column}`, message: `${title}: ${evidence}` }
}
