import { statSync } from 'node:fs'
import JSON5 from 'json5'
import { type Config, type ConfigIssue, checkConfig, isRecord } from './config-schema.ts'
import { describeError, FatalError, systemErrorCode } from './fatal-error.ts'
import { readText } from './read-file.ts'
import { saveFile } from './save-file.ts'
import { type StatePaths, shortenHome } from './state-paths.ts'
import { GATEWAY_VERSION } from './version.ts'

/** razroom.json as read: typed for the gateway, and raw for whoever changes and saves it. */
export interface LoadedConfig {
  exists: boolean
  config: Config
  raw: Record<string, unknown>
}

/** razroom.json does not parse or breaks the schema; its messages are the real gateway's. */
export class ConfigInvalidError extends FatalError {
  readonly issues: readonly ConfigIssue[]

  constructor(paths: StatePaths, issues: readonly ConfigIssue[]) {
    super([
      'Config invalid',
      `File: ${shortenHome(paths.configPath, paths.home)}`,
      'Problem:',
      issues.map((issue) => `  - ${issue.path}: ${issue.message}`).join('\n'),
      'Run: razroom doctor --fix',
    ])
    this.name = 'ConfigInvalidError'
    this.issues = issues
  }
}

/**
 * Reads and checks razroom.json (JSON5). A missing file is an empty configuration with `exists: false`; so is a
 * file in a directory that may not be entered, exactly as the real gateway sees it.
 * @throws {ConfigInvalidError} broken JSON5, unknown key, wrong type
 * @throws {FatalError} the file is there and can't be read
 */
export function loadConfig(paths: StatePaths): LoadedConfig {
  const source = readConfigText(paths)
  if (source === undefined) return { exists: false, config: {}, raw: {} }
  let raw: unknown
  try {
    raw = JSON5.parse(source)
  } catch (error) {
    throw new ConfigInvalidError(paths, [{ path: '<root>', message: `JSON5 parse failed: ${String(error)}` }])
  }
  const checked = checkConfig(raw)
  if (!('config' in checked) || !isRecord(raw)) throw new ConfigInvalidError(paths, checked.issues)
  return { exists: true, config: checked.config, raw }
}

/** The text of razroom.json, or undefined when there is none. @throws {FatalError} unreadable */
export function readConfigText(paths: StatePaths): string | undefined {
  try {
    // Whether it is there is asked apart from reading: EACCES means "no file" here and "unreadable" below.
    statSync(paths.configPath)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return undefined
    throw error
  }
  try {
    return readText(paths.configPath)
  } catch (error) {
    throw new FatalError([`Failed to read config at ${paths.configPath} ${describeError(error)}`], {
      cause: error,
    })
  }
}

/**
 * Saves razroom.json as plain JSON (comments are lost, as with the real gateway), keeping the former versions,
 * and notes the time and version of the change in `meta`.
 * @throws {ConfigInvalidError} the new content breaks the schema; nothing is written then
 */
export function saveConfig(paths: StatePaths, raw: Record<string, unknown>, now: Date = new Date()): void {
  const checked = checkConfig(raw)
  if (!('config' in checked)) throw new ConfigInvalidError(paths, checked.issues)
  const meta = isRecord(raw.meta) ? raw.meta : {}
  const stamped = {
    ...raw,
    meta: { ...meta, lastTouchedVersion: GATEWAY_VERSION, lastTouchedAt: now.toISOString() },
  }
  saveFile(paths.configPath, `${JSON.stringify(stamped, null, 2)}\n`, { backups: true })
}
