/** The gateway's two files with a provider, a model and channels put in. */

import { isRecord, valueAt } from './config-reading.ts'
import type { ConnectionReading } from './connect-reading.ts'
import type { EnvFile } from './env-file.ts'
import { minimalConfig, readConfig, setConfigValue } from './razroom-config.ts'
import { setVariable } from './set-variable.ts'

type Wanted = Pick<ConnectionReading, 'values' | 'model' | 'defaults'>

const DEFAULTS = ['agents', 'defaults']
const MODEL = [...DEFAULTS, 'model']

/** `.env` with the variables set, each where it stands already, else at the end; the rest stays byte for byte. */
export function connectInEnv(file: EnvFile, { values }: Pick<Wanted, 'values'>): EnvFile {
  return values.reduce((before, { name, value }) => setVariable(before, name, value), file)
}

/**
 * razroom.json with the model and what channels need set; every comment and other character stays.
 * @param text null: there is no file, and one with which the gateway starts is made
 * @returns null when nothing is to be written
 * @throws {ConflictError} CONFIG_INVALID the text is not JSON5, or has something else where an object belongs
 */
export function connectInConfig(
  text: string | null,
  { model, defaults }: Omit<Wanted, 'values'>,
): string | null {
  if (model === null && defaults.length === 0) return null
  const before = text ?? minimalConfig()
  let after = before
  if (model !== null && modelOf(rawOf(before)) !== model) {
    // Both spellings are the gateway's: a text alone, or an object that may name fallbacks as well.
    const isText = typeof valueAt(rawOf(before), MODEL) === 'string'
    after = setConfigValue(after, isText ? MODEL : [...MODEL, 'primary'], model)
  }
  for (const { path, value } of defaults)
    if (valueAt(rawOf(after), path) === undefined) after = setConfigValue(after, path, value)
  return after === text ? null : after
}

/** The default model that razroom.json names; null where it names none. */
export function modelOf(raw: unknown): string | null {
  const model = valueAt(raw, MODEL)
  const name = isRecord(model) ? model.primary : model
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null
}

/** The models that may be chosen, where razroom.json limits them. */
export function allowedModels(raw: unknown): readonly string[] | null {
  const models = valueAt(raw, [...DEFAULTS, 'models'])
  return isRecord(models) && Object.keys(models).length > 0 ? Object.keys(models) : null
}

/** Providers whose key razroom.json itself holds: in its `env`, beside their models, or by a login of the wizard. */
export function providersOfConfig(
  raw: unknown,
  variablesOf: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const found = new Set<string>()
  const block = valueAt(raw, ['env'])
  const variables = isRecord(block) ? { ...block, ...(isRecord(block.vars) ? block.vars : {}) } : {}
  for (const [id, names] of variablesOf) if (names.some((name) => isFilled(variables[name]))) found.add(id)
  const providers = valueAt(raw, ['models', 'providers'])
  for (const [id, provider] of Object.entries(isRecord(providers) ? providers : {}))
    if (isRecord(provider) && provider.apiKey !== undefined) found.add(id)
  const profiles = valueAt(raw, ['auth', 'profiles'])
  for (const profile of Object.values(isRecord(profiles) ? profiles : {}))
    if (isRecord(profile) && typeof profile.provider === 'string') found.add(profile.provider)
  return found
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function rawOf(text: string): unknown {
  return readConfig(new TextEncoder().encode(text)).raw
}
