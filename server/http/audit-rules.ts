/**
 * What the audit log says of each endpoint. One that is in no row here is told too, when it changes something or answers
 * with a secret: by its summary, the parameters of its path, and the names of what was sent. Values of a body are told
 * only where a row names them, and never those of variables, tokens or passwords.
 */
import type { AuditDetail, AuditKind } from '../../contract/audit.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS, type EndpointKey } from '../../contract/endpoints.ts'
import type { EnvChange, EnvEdit } from '../../contract/env.ts'
import { isEnvKey } from '../../contract/rules.ts'
import type { BackupSchedule, ImageSource } from '../../contract/settings.ts'
import type { VersionedFile } from '../../contract/versions.ts'

/** A request whose parts have been checked against the contract. */
export interface CheckedCall {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

interface Told {
  /** In words; the endpoint's summary unless said. */
  readonly what?: string
  readonly kind?: AuditKind
  readonly details?: readonly AuditDetail[]
}

interface AuditRule extends Told {
  /** Why it leaves no entry although it is no GET, or answers with a secret. */
  readonly silent?: string
  /** Members of the body whose values may be told. */
  readonly show?: readonly string[]
  /** It is said again while it lasts: no news. */
  readonly isStill?: true
  readonly file?: VersionedFile
  /** What depends on the request itself. */
  readonly tell?: (call: CheckedCall) => Told
}

const NOTHING_NEW = 'it changes nothing, and answers with nothing but what was sent'

const RULES: Partial<Readonly<Record<EndpointKey, AuditRule>>> = {
  'POST /api/session': { what: 'Log in', kind: 'access', details: [] },
  'GET /api/session': { silent: 'each page asks at its start; the secret is the one of its own session' },
  'DELETE /api/session': { kind: 'access' },
  'POST /api/session/step-up': { what: 'Confirm that secrets may be shown', kind: 'access', details: [] },
  'POST /api/login-link': { what: 'Make a login link', kind: 'access' },
  'POST /api/ws-ticket': { silent: 'each socket takes one; what is done with it is told' },
  'PUT /api/settings': { tell: tellSettings },
  'POST /api/setup': {
    what: 'Set the gateway up',
    show: [
      ...['image', 'mode', 'startAtBoot', 'gatewayPort', 'bridgePort', 'publishAddress', 'user'],
      ...['confirmExposure', 'containerName', 'configDir', 'workspaceDir', 'userns'],
    ],
  },
  'POST /api/gateway/restart': { what: 'Restart the gateway' },
  'DELETE /api/gateway/container': { what: 'Remove the container' },
  'POST /api/image/update': { what: 'Update the image', show: ['image', 'healthyWithinSeconds'] },
  'POST /api/image/rollback': { what: 'Go back to the image before' },
  'POST /api/images/prune': { what: 'Remove images', show: ['ids'] },
  'POST /api/registry-logins': { show: ['registry', 'username'] },
  'DELETE /api/registry-logins': { show: ['registry'] },
  'POST /api/uploads': { what: 'Send a file to the panel' },
  'POST /api/backup': { what: 'Make a backup', show: ['path', 'includeWorkspace', 'scheduled'] },
  'POST /api/backups/:name/download': { what: 'Download a backup' },
  'POST /api/restore/preview': { what: 'Look into a backup', show: ['name', 'path', 'includeWorkspace'] },
  'POST /api/restore': { what: 'Restore a backup', show: ['name', 'path', 'includeWorkspace'] },
  'POST /api/unit/replace': { what: 'Replace the unit' },
  'POST /api/mode': { what: 'Change how the gateway runs', show: ['mode', 'startAtBoot'] },
  'POST /api/export/:format/reveal': { what: 'Export the gateway with its secrets' },
  'POST /api/token/reveal': { tell: tellToken },
  'POST /api/token/rotate': { tell: tellRotation },
  'POST /api/token/reconcile': { what: 'Write the gateway’s token into .env' },
  'POST /api/env/reveal': { tell: tellReveal },
  'PUT /api/env': { what: 'Save .env', file: 'env', tell: tellEnv },
  'POST /api/env/check': { silent: NOTHING_NEW },
  'POST /api/env/versions/:id/restore': { what: 'Go back to a version of .env', file: 'env' },
  'POST /api/config/reveal': { what: 'Show razroom.json with its secrets', details: [] },
  'PUT /api/config': { what: 'Save razroom.json', file: 'config', tell: tellConfig },
  'POST /api/config/check': { silent: NOTHING_NEW },
  'POST /api/config/versions/:id/restore': { what: 'Go back to a version of razroom.json', file: 'config' },
  'POST /api/gateway/insight/refresh': {
    silent: 'it looks and changes nothing, and an open page asks once a minute: the rest would drown in it',
  },
  'POST /api/connections/preview': { silent: 'it changes nothing, and what it shows of the files has masks' },
  'POST /api/connections': { what: 'Connect a model or channels', tell: tellConnection },
  'DELETE /api/sessions': { what: 'Log everybody out' },
  'POST /api/wizard-mark': { kind: 'terminal', isStill: true, tell: tellWizard },
  'POST /api/devices/:id/approve': { what: 'Approve a browser or device' },
  'POST /api/devices/:id/reject': { what: 'Reject a browser or device' },
  'POST /api/devices/:id/revoke': { what: 'Revoke a browser or device' },
  'POST /api/doctor/:check/fix': { what: 'Mend a finding of the doctor' },
}

/** What is told of an endpoint, as far as it does not depend on the request. */
export interface AuditedEndpoint {
  readonly what: string
  readonly kind: AuditKind
  readonly isStill: boolean
  readonly file: VersionedFile | undefined
}

/** The endpoint as the log tells it; null when it leaves no entry: a read, or one that a rule calls silent. */
export function auditOf(
  key: string,
  endpoint: Endpoint | undefined = ENDPOINTS[key as EndpointKey],
): AuditedEndpoint | null {
  const rule = RULES[key as EndpointKey] ?? {}
  if (endpoint === undefined || endpoint.socket || rule.silent !== undefined) return null
  if (key.startsWith('GET ') && endpoint.secret !== true) return null
  const usual = endpoint.secret === true ? 'secret' : endpoint.status === 202 ? 'operation' : 'change'
  return {
    what: rule.what ?? endpoint.summary,
    kind: rule.kind ?? usual,
    isStill: rule.isStill === true,
    file: rule.file,
  }
}

/** What is told of this request of it. */
export function tellCall(key: string, call: CheckedCall): Told {
  const rule = RULES[key as EndpointKey] ?? {}
  const params = Object.entries(membersOf(call.params)).map(([name, value]) => detail(name, value))
  const told = rule.tell?.(call) ?? {}
  return { ...told, details: [...params, ...(told.details ?? rule.details ?? bodyDetails(rule, call.body))] }
}

function bodyDetails({ show }: AuditRule, body: unknown): AuditDetail[] {
  const members = membersOf(body)
  const shown = (show ?? []).filter((name) => members[name] !== undefined)
  const others = Object.keys(members).filter((name) => !shown.includes(name) && members[name] !== undefined)
  const rest = others.length === 0 ? [] : [detail('also given', others.join(', '))]
  return [...shown.map((name) => detail(name, members[name])), ...rest]
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function detail(name: string, value: unknown): AuditDetail {
  return { name, value: wordsOf(value) }
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(wordsOf).join(', ')
  if (isImageSource(value)) return imageWords(value)
  if (isSchedule(value)) return scheduleWords(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isSchedule(value: unknown): value is BackupSchedule {
  return typeof value === 'object' && value !== null && 'every' in value && 'keep' in value
}

function scheduleWords({ every, keep, includeWorkspace }: BackupSchedule): string {
  if (every === 'off') return every
  return `${every}, the newest ${keep} kept, ${includeWorkspace ? 'with' : 'without'} the workspace`
}

function isImageSource(value: unknown): value is ImageSource {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** Of build arguments only the names: somebody may have put a password there all the same. */
function imageWords(image: ImageSource): string {
  if (image.kind === 'bundled') return 'the bundled gateway'
  if (image.kind === 'registry') return image.reference
  if (image.kind === 'archive') return `archive ${image.path}`
  const names = Object.keys(image.buildArgs ?? {})
  return `checkout ${image.path}${names.length === 0 ? '' : ` with ${names.join(', ')}`}`
}

function tellSettings({ body }: CheckedCall): Told {
  const members = Object.entries(membersOf(body))
  const details = members.map(([name, value]) => detail(name, value))
  if (members.every(([name]) => name === 'adminUids'))
    return { what: 'Say who may open the page', kind: 'access', details }
  return { details }
}

function tellToken({ query }: CheckedCall): Told {
  const { purpose } = membersOf(query)
  if (purpose === 'copy') return { what: 'Copy the token' }
  return { what: purpose === 'open' ? 'Open the gateway with its token' : 'Show the token' }
}

function tellRotation({ body }: CheckedCall): Told {
  const isOwn = membersOf(body).token !== undefined
  return { what: isOwn ? 'Replace the token by one’s own' : 'Rotate the token', details: [] }
}

function tellReveal({ body }: CheckedCall): Told {
  const { line } = membersOf(body)
  if (line === undefined) return { what: 'Show .env with its secrets', details: [] }
  return { what: 'Show a value of .env', details: [detail('line', line)] }
}

function tellEnv({ body }: CheckedCall): Told {
  const change = body as EnvChange
  if (!('edits' in change)) return { details: [detail('text', 'the whole file')] }
  const named = (op: EnvEdit['op'], of: (edit: EnvEdit) => string): AuditDetail[] => {
    const names = change.edits.filter((edit) => edit.op === op).map(of)
    return names.length === 0 ? [] : [detail(op, [...new Set(names)].join(', '))]
  }
  return {
    details: [
      ...named('set', nameOf),
      ...named('unset', nameOf),
      ...named('remove', lineOf),
      ...named('mend', (edit) => `${lineOf(edit)}${edit.op === 'mend' ? ` (${edit.finding})` : ''}`),
    ],
  }
}

/** The name of the variable; what can be none may be anything, a value that was put in the wrong place too. */
function nameOf(edit: EnvEdit): string {
  return 'key' in edit && isEnvKey(edit.key) && edit.key.length <= 64 ? edit.key : '(no name)'
}

function lineOf(edit: EnvEdit): string {
  return 'line' in edit ? `line ${edit.line}` : ''
}

function tellConfig({ body }: CheckedCall): Told {
  const { mend, anyway } = membersOf(body)
  if (mend !== undefined) return { details: [detail('mend', mend)] }
  return {
    details: [
      detail('text', anyway === true ? 'the whole file, though it will not start' : 'the whole file'),
    ],
  }
}

/** Which parts, and no name of one: a key may have got into its place. */
function tellConnection({ body }: CheckedCall): Told {
  const parts = ['provider', 'model', 'channels'].filter((name) => membersOf(body)[name] !== undefined)
  return { details: [detail('for', parts)] }
}

function tellWizard({ body }: CheckedCall): Told {
  const isRunning = membersOf(body).state === 'running'
  return {
    what: isRunning ? 'The onboarding wizard runs on a terminal' : 'The wizard on a terminal ended',
    details: [],
  }
}
