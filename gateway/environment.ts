import { parseEnv } from 'node:util'
import { describeError, systemErrorCode } from './fatal-error.ts'
import { readText } from './read-file.ts'
import type { Environment } from './state-paths.ts'

/** The merged environment, and the files that could not be read (each with its reason). */
export interface LayeredEnvironment {
  values: Environment
  problems: string[]
}

/**
 * Merges what the gateway takes for its environment; the earlier source wins:
 * process environment, `./.env`, `.env` of the state directory, the `env` block of razroom.json.
 * Source: docs/facts/env-dialects.md (dotenv with `override: false`).
 *
 * @param files paths of `.env` files in order of precedence; a missing file is fine
 * @param configEnv the `env` block of razroom.json (its string values, and those below `vars`)
 */
export function layerEnvironment(
  processEnv: Environment,
  files: readonly string[],
  configEnv: Readonly<Record<string, unknown>>,
): LayeredEnvironment {
  const problems: string[] = []
  const layers: Environment[] = [processEnv]
  for (const path of files) {
    try {
      layers.push(parseEnv(readText(path)))
    } catch (error) {
      const code = systemErrorCode(error)
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        problems.push(`cannot read ${path}: ${describeError(error)}`)
    }
  }
  layers.push(stringValues(configEnv.vars), stringValues(configEnv))
  const values: Record<string, string | undefined> = {}
  for (const layer of layers.reverse()) Object.assign(values, layer)
  return { values, problems }
}

function stringValues(block: unknown): Record<string, string> {
  if (typeof block !== 'object' || block === null) return {}
  return Object.fromEntries(Object.entries(block).filter((entry) => typeof entry[1] === 'string'))
}
