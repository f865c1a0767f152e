/** Reading, checking and saving `.env` for the routes. */
import type { EnvChange, EnvCheck, EnvDocument, EnvSaved } from '../../contract/env.ts'
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import { applyEnvEdits } from '../domain/env-edits.ts'
import { type EnvFile, isUtf8, parseEnvFile, readEnv, renderEnvFile } from '../domain/env-file.ts'
import { checkEnv, envVerdict, refuseDangerousEnv } from '../domain/env-findings.ts'
import { envEntries } from '../domain/env-view.ts'
import { refuseMasks } from '../domain/mask.ts'
import type { RazroomConfig } from '../domain/razroom-config.ts'
import { requireToken, TOKEN_VARIABLE } from '../domain/token.ts'
import { ConflictError, InputError, NotFoundError, PanelError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { type Author, saveVersioned } from './file-versions.ts'
import { readConfigFile, readEnvFile, requireUser } from './gateway-files.ts'
import { readVersionBytes } from './read-versions.ts'

/** Findings that are told of one file. */
const MAX_FINDINGS = 1_000
/** Of a long list of variables so many are named. */
const NAMED_VARIABLES = 8

/** What the file itself says of a save; whether the gateway waits for a restart is known to the status. */
export type SavedEnv = Omit<EnvSaved, 'restartRequired'>

/** The document as the page shows it, secrets masked. */
export async function readEnvDocument(host: Host): Promise<EnvDocument> {
  const { user, paths } = await requireUser(host)
  const { file, etag, exists } = await readEnvFile(host, user)
  const entries = envEntries(file)
  return {
    path: paths.envFile,
    exists,
    etag,
    isUtf8: isUtf8(renderEnvFile(file)),
    entries,
    findings: cap(checkEnv(file)),
  }
}

/** The whole text, or the value of the assignment at one line, with its variable. */
export async function revealEnv(
  host: Host,
  line: number | undefined,
): Promise<{ text: string; etag: string; key?: string }> {
  const { user } = await requireUser(host)
  const { file, etag } = await readEnvFile(host, user)
  if (line === undefined) {
    const bytes = renderEnvFile(file)
    if (!isUtf8(bytes)) throw new ConflictError('ENV_NOT_UTF8')
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), etag }
  }
  const found = file.lines.find((candidate) => candidate.number === line)
  if (!found || found.kind === 'blank')
    throw new NotFoundError('ENV_KEY_NOT_FOUND', { detail: `line ${line}` })
  if (found.kind === 'assignment')
    return { text: found.value ?? '', etag, ...(found.key === undefined ? {} : { key: found.key }) }
  return { text: new TextDecoder().decode(found.raw).replace(/\r?\n$/, ''), etag }
}

function changedFile(before: EnvFile, change: EnvChange): EnvFile {
  if ('edits' in change) return applyEnvEdits(before, change.edits)
  if (!isUtf8(renderEnvFile(before))) throw new ConflictError('ENV_NOT_UTF8')
  refuseMasks(change.text)
  return parseEnvFile(new TextEncoder().encode(change.text))
}

/**
 * Saves a change over the version the caller read. PRECONDITION_REQUIRED without an ETag, ENV_CHANGED when the file
 * is another by now, ENV_VARIABLE_REFUSED and ENV_INVALID for lines that may not come in.
 */
export function saveEnv(
  host: Host,
  change: EnvChange,
  etag: string | undefined,
  author: Author,
): Promise<SavedEnv> {
  return replaceEnv(host, etag, author, async (before) => changedFile(before, change))
}

/** Saves what `change` makes of the file; refused as {@link saveEnv} refuses. */
export function changeEnv(
  host: Host,
  etag: string,
  author: Author,
  change: (before: EnvFile) => EnvFile,
): Promise<SavedEnv> {
  return replaceEnv(host, etag, author, async (before) => change(before))
}

/** Goes back to a version: refused as a save is, for what may not come in does not come in by this way either. */
export function restoreEnv(
  host: Host,
  id: string,
  etag: string | undefined,
  author: Author,
): Promise<SavedEnv> {
  return replaceEnv(host, etag, author, async () =>
    parseEnvFile((await readVersionBytes(host, 'env', id)).bytes),
  )
}

async function replaceEnv(
  host: Host,
  etag: string | undefined,
  author: Author,
  change: (before: EnvFile) => Promise<EnvFile>,
): Promise<SavedEnv> {
  if (etag === undefined) throw new ConflictError('PRECONDITION_REQUIRED')
  const { user, paths } = await requireUser(host)
  const before = await readEnvFile(host, user)
  if (before.etag !== etag) throw await envChangedMeanwhile(host, paths.envFile, etag, before.file)
  const after = await change(before.file)
  refuseDangerousEnv(before.file, after)
  refuseTokenless(before.file, after, await readConfigIfValid(host, user))
  const saved = await saveVersioned(host, user, {
    file: 'env',
    path: paths.envFile,
    bytes: renderEnvFile(after),
    mode: 0o600,
    expectedEtag: etag,
    ...author,
  })
  return { etag: saved.etag, changed: saved.etag !== etag }
}

/** razroom.json; null when it is broken, which its own page tells. */
async function readConfigIfValid(host: Host, user: UserAccount): Promise<RazroomConfig | null | undefined> {
  try {
    return (await readConfigFile(host, user))?.config ?? null
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return undefined
  }
}

/** The last token of the gateway is not taken away: it would not start again. */
function refuseTokenless(before: EnvFile, after: EnvFile, config: RazroomConfig | null | undefined): void {
  if (config === undefined || isTokenMissing(before, config) || !isTokenMissing(after, config)) return
  throw new InputError('ENV_INVALID', {
    detail:
      `without ${TOKEN_VARIABLE} the gateway does not start: razroom.json has no token either. ` +
      'Rotate the token instead, or set gateway.auth.token in razroom.json first',
  })
}

function isTokenMissing(file: EnvFile, config: RazroomConfig | null): boolean {
  try {
    requireToken(readEnv(file), config)
    return false
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return error.code === 'TOKEN_MISSING'
  }
}

/** Says which variables are others now, as far as the version is kept that the caller read. */
export async function envChangedMeanwhile(
  host: Host,
  path: string,
  etag: string,
  now: EnvFile,
): Promise<ConflictError> {
  const read = (await host.listVersions(path)).find((version) => version.etag === etag)
  const bytes = read ? await host.readVersion(path, read.id) : null
  const names = bytes ? changedNames(readEnv(parseEnvFile(bytes)), readEnv(now)) : []
  const shown = names.slice(0, NAMED_VARIABLES).join(', ')
  const more = names.length > NAMED_VARIABLES ? ` and ${names.length - NAMED_VARIABLES} more` : ''
  return new ConflictError('ENV_CHANGED', { detail: names.length === 0 ? path : `${path}: ${shown}${more}` })
}

/** What stands before a `=` need not be a name: it may be a piece of a secret. */
function changedNames(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (key) => before.get(key) !== now.get(key) && isEnvKey(key) && !isSecretVariable('', key),
  )
}

/** A hostile file may have hundreds of thousands: neither page nor shell could show them. */
function cap(findings: Finding[]): Finding[] {
  if (findings.length <= MAX_FINDINGS) return findings
  return [
    ...findings.slice(0, MAX_FINDINGS),
    {
      id: 'env.more-findings',
      severity: 'warning',
      title: 'There is more than can be told',
      evidence: `${findings.length - MAX_FINDINGS} findings further down are left out`,
      hint: 'Mend these first.',
    },
  ]
}

/** What the readers of `.env` make of a text. */
export function checkEnvText(text: string): EnvCheck {
  const findings = checkEnv(parseEnvFile(new TextEncoder().encode(text)))
  return { verdict: envVerdict(findings), findings: cap(findings) }
}
