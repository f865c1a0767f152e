import { join } from 'node:path'
import { type LoadedConfig, loadConfig } from './config-file.ts'
import type { Config } from './config-schema.ts'
import { layerEnvironment } from './environment.ts'
import { FatalError } from './fatal-error.ts'
import { resolvePort } from './gateway-plan.ts'
import { formatBox } from './log.ts'
import { type Environment, resolveStatePaths, type StatePaths } from './state-paths.ts'
import { BUNDLED_NOTICE } from './version.ts'

/** What a command reads before it does its work. */
export interface CliContext {
  paths: StatePaths
  config: Config
  raw: Record<string, unknown>
  exists: boolean
  env: Environment
  port: number
}

/** Reads configuration and environment for a command. @throws {FatalError} unusable configuration */
export function openCliContext(processEnv: Environment): CliContext {
  const paths = resolveStatePaths(processEnv)
  const { config, raw, exists }: LoadedConfig = loadConfig(paths)
  const files = [join(process.cwd(), '.env'), paths.envPath]
  const { values: env } = layerEnvironment(processEnv, files, config.env ?? {})
  return { paths, config, raw, exists, env, port: resolvePort(undefined, env, config) }
}

/**
 * Some commands of the real CLI print a warning box to stdout before their JSON, so whoever reads it must skip to
 * the first line that starts with `{`, `[` or `"` (docs/facts/razroom-gateway.md). Here it tells what this is.
 */
export function warningBox(): string {
  return formatBox('Warnings', BUNDLED_NOTICE)
}

/** A value as the JSON document of a command. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Complains about a command line; the exit code is 1. */
export function usageError(message: string): FatalError {
  return new FatalError([`error: ${message}`, 'Run `node dist/index.js --help` for the commands.'])
}
