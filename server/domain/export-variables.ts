/** The variables of `.env` for a file that leaves the machine. */
import { isEnvKey, isSecretVariable } from '../../contract/rules.ts'
import { TOKEN_VARIABLE } from './variable-rules.ts'

/** What stands in an export for a secret that was not asked for. */
export const PLACEHOLDER = 'REPLACE-ME'

export interface ExportVariables {
  readonly values: ReadonlyMap<string, string>
  /** Names that other readers of variables do not take, for example with a blank: left out. */
  readonly leftOut: readonly string[]
  /** Names whose values are placeholders. */
  readonly hidden: readonly string[]
}

/**
 * The variables with the token among them, wherever it comes from: on another machine there is no razroom.json yet.
 *
 * @param env `.env` as podman reads it
 * @param token what the gateway checks, or null when that is unknown
 * @param withSecrets false: each secret is {@link PLACEHOLDER}
 */
export function exportVariables(
  env: ReadonlyMap<string, string>,
  token: string | null,
  withSecrets: boolean,
): ExportVariables {
  const all = new Map(env)
  if (token !== null) all.set(TOKEN_VARIABLE, token)
  if (!all.has(TOKEN_VARIABLE)) all.set(TOKEN_VARIABLE, PLACEHOLDER)
  const names = [...all.keys()].filter(isEnvKey)
  const isHidden = (name: string) => !withSecrets && isSecretVariable(name, all.get(name) ?? '')
  return {
    values: new Map(names.map((name) => [name, isHidden(name) ? PLACEHOLDER : (all.get(name) ?? '')])),
    leftOut: [...all.keys()].filter((name) => !isEnvKey(name)),
    hidden: names.filter((name) => isHidden(name) || all.get(name) === PLACEHOLDER),
  }
}
