import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import { type CliContext, toJson, usageError } from '../cli-context.ts'
import { saveConfig } from '../config-file.ts'
import { isRecord } from '../config-schema.ts'
import { FatalError } from '../fatal-error.ts'
import { shortenHome } from '../state-paths.ts'

const REDACTED = '__RAZROOM_REDACTED__'
const secretKey = /(token|password|secret|apikey|api_key)$/i

/**
 * `config get PATH` and `config set PATH VALUE`. Secrets are never printed; VALUE is JSON5, or else plain text.
 * A change keeps the former file as `.bak` and is noted, without its value, in logs/config-audit.jsonl.
 * @throws {FatalError} no such path, schema broken by the new value, wrong usage
 */
export function configCommand(context: CliContext, operands: readonly string[], asJson: boolean): string {
  const [name, path, value, ...rest] = operands
  if ((name !== 'get' && name !== 'set') || !path || rest.length > 0) {
    throw usageError('use `config get PATH` or `config set PATH VALUE`')
  }
  const keys = path.split('.')
  if (keys.some((key) => key === '' || key === '__proto__')) throw usageError(`invalid config path: ${path}`)
  if (name === 'get') {
    if (value !== undefined) throw usageError('config get takes one path')
    return getValue(context, path, keys, asJson)
  }
  if (value === undefined) throw usageError("missing required argument 'value'")
  saveConfig(context.paths, setIn(context.raw, keys, parseValue(value)))
  noteChange(context, path)
  return `Updated ${path} in ${shortenHome(context.paths.configPath, context.paths.home)}. Restart the gateway to apply.\n`
}

/** Replaces every value whose key tells of a secret. */
export function redactConfig(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => redactConfig(item, key))
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redactConfig(inner, name)]))
  }
  return typeof value === 'string' && secretKey.test(key) ? REDACTED : value
}

function getValue(context: CliContext, path: string, keys: readonly string[], asJson: boolean): string {
  let value: unknown = context.raw
  for (const key of keys) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  if (value === undefined) throw new FatalError([`Config path not found: ${path}`])
  const shown = redactConfig(value, keys.at(-1))
  return asJson || typeof shown === 'object' ? toJson(shown) : `${String(shown)}\n`
}

function setIn(
  target: Record<string, unknown>,
  keys: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = keys
  if (key === undefined) return target
  if (rest.length === 0) return { ...target, [key]: value }
  const inner = Object.hasOwn(target, key) ? target[key] : {}
  return { ...target, [key]: setIn(isRecord(inner) ? inner : {}, rest, value) }
}

function parseValue(text: string): unknown {
  try {
    return JSON5.parse(text)
  } catch {
    // Not JSON5 means plain text, so that `config set gateway.mode local` needs no quotes.
    return text
  }
}

function noteChange(context: CliContext, path: string): void {
  const directory = join(context.paths.stateDir, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const entry = { ts: new Date().toISOString(), event: 'config.set', path, pid: process.pid }
  appendFileSync(join(directory, 'config-audit.jsonl'), `${JSON.stringify(entry)}\n`, { mode: 0o600 })
}
