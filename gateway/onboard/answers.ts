import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { loadConfig, saveConfig } from '../config-file.ts'
import { isRecord } from '../config-schema.ts'
import { FatalError } from '../fatal-error.ts'
import { DEFAULT_PORT } from '../gateway-plan.ts'
import { saveFile } from '../save-file.ts'
import type { StatePaths } from '../state-paths.ts'
import { GATEWAY_VERSION } from '../version.ts'
import type { Provider } from './providers.ts'

/** What wizard or flags decided. Undefined leaves what is there, or takes the default. */
export interface OnboardAnswers {
  reset: boolean
  port?: number | undefined
  bind?: 'lan' | 'loopback' | undefined
  authMode?: 'token' | 'password' | undefined
  secret?: string | undefined
  workspace?: string | undefined
  provider?: { provider: Provider; key: string } | undefined
  model?: string | undefined
}

/** What was written, without any secret. */
export interface OnboardResult {
  mode: 'local'
  workspace: string
  authChoice: string
  gateway: { port: number; bind: string; authMode: 'token' | 'password' }
}

/**
 * Writes razroom.json (and the provider's key into `.env`), as the real wizard does: `gateway.mode` local, `bind`
 * loopback and a random token of 48 hex digits unless something else was there or was asked for. From then on
 * the token of `.env` no longer opens the gateway (docs/facts/razroom-gateway.md, "Two tokens").
 * @throws {FatalError} the present configuration is invalid (and is not to be reset) or a value can't be kept
 */
export function applyAnswers(
  paths: StatePaths,
  answers: OnboardAnswers,
  now: Date = new Date(),
): OnboardResult {
  const raw = answers.reset ? {} : loadConfig(paths).raw
  const gateway = isRecord(raw.gateway) ? raw.gateway : {}
  const auth = isRecord(gateway.auth) ? gateway.auth : {}
  const authMode = answers.authMode ?? (auth.mode === 'password' ? 'password' : 'token')
  const secret = answers.secret ?? auth[authMode] ?? makeToken(authMode)
  const port = answers.port ?? (typeof gateway.port === 'number' ? gateway.port : DEFAULT_PORT)
  const bind = answers.bind ?? (typeof gateway.bind === 'string' ? gateway.bind : 'loopback')
  const workspace = answers.workspace ?? paths.workspaceDir
  if (answers.provider) saveEnvValue(paths.envPath, answers.provider.provider.envKey, answers.provider.key)
  mkdirSync(workspace, { recursive: true, mode: 0o700 })
  saveConfig(paths, {
    ...raw,
    wizard: { lastRunAt: now.toISOString(), lastRunVersion: GATEWAY_VERSION, lastRunCommand: 'onboard' },
    agents: mergeAgents(raw.agents, workspace, answers.model),
    gateway: { ...gateway, port, mode: 'local', bind, auth: { ...auth, mode: authMode, [authMode]: secret } },
  })
  const authChoice = answers.provider ? `${answers.provider.provider.id}-api-key` : 'skip'
  return { mode: 'local', workspace, authChoice, gateway: { port, bind, authMode } }
}

/** Sets one variable in a `.env` file: its last line is replaced, or one is added; all other bytes stay. */
export function saveEnvValue(path: string, key: string, value: string): void {
  if (!/^[\x21-\x7e]+$/.test(value) || /["'\\`$#]/.test(value)) {
    throw new FatalError([
      `The value for ${key} has blanks, quotes or other characters that .env readers disagree on`,
    ])
  }
  const former = existsSync(path) ? readFileSync(path, 'latin1') : ''
  const lines = former.split('\n')
  const isKey = (line: string) => line.startsWith(`${key}=`)
  const at = lines.findLastIndex(isKey)
  if (at >= 0) lines[at] = `${key}=${value}`
  else lines.splice(lines.at(-1) === '' ? -1 : lines.length, 0, `${key}=${value}`)
  const text = lines.join('\n')
  saveFile(path, Buffer.from(text.endsWith('\n') ? text : `${text}\n`, 'latin1'))
}

function makeToken(authMode: 'token' | 'password'): string {
  if (authMode === 'token') return randomBytes(24).toString('hex')
  throw new FatalError(['A password is needed with password auth; give --gateway-password'])
}

function mergeAgents(agents: unknown, workspace: string, model: string | undefined): Record<string, unknown> {
  const present = isRecord(agents) ? agents : {}
  const defaults = isRecord(present.defaults) ? present.defaults : {}
  return { ...present, defaults: { ...defaults, workspace, ...(model ? { model: { primary: model } } : {}) } }
}
