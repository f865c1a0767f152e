/** The gateway's token: made, found, and shown without showing it. */
import { randomBytes } from 'node:crypto'
import type { TokenSource } from '../../contract/token.ts'
import { CONFIG_REFERENCE, type RazroomConfig } from './razroom-config.ts'
import { TOKEN_VARIABLE } from './variable-rules.ts'

export { TOKEN_VARIABLE }

const TOKEN_BYTES = 32

export interface EffectiveToken {
  readonly token: string
  readonly source: TokenSource
  /** False when the other source holds another token. */
  readonly sourcesAgree: boolean
}

/** A new token of 256 random bits, 64 hex characters: every reader of `.env` reads it the same. */
export function generateToken(): string {
  return randomBytes(TOKEN_BYTES).toString('hex')
}

/**
 * The token the *server* checks: gateway.auth.token of razroom.json, else RAZROOM_GATEWAY_TOKEN; the CLI inside the
 * container asks in the other order, hence `sourcesAgree`. Source: docs/facts/razroom-gateway.md, "Two tokens".
 *
 * A reference `${NAME}` in razroom.json stands for the variable: one to RAZROOM_GATEWAY_TOKEN is the token of `.env`.
 *
 * @param env the variables of `.env` as podman reads them
 * @param config razroom.json, or null when there is none
 * @returns null when neither has one, when razroom.json's can't be used (a reference to a variable that `.env` does not
 *   set, or no string), or when the gateway asks for a password instead
 */
export function effectiveToken(
  env: ReadonlyMap<string, string>,
  config: RazroomConfig | null,
): EffectiveToken | null {
  if (config?.isAuthTokenInvalid || isPasswordMode(env, config)) return null
  const fromEnv = nonEmpty(env.get(TOKEN_VARIABLE))
  const fromConfig = nonEmpty(config?.authToken) ?? resolveReference(config?.authTokenReference, env)
  if (fromConfig === null) return null
  if (fromConfig === undefined || config?.authTokenReference === `\${${TOKEN_VARIABLE}}`) {
    return fromEnv === undefined ? null : { token: fromEnv, source: 'env', sourcesAgree: true }
  }
  const sourcesAgree = fromEnv === undefined || fromEnv === fromConfig
  return { token: fromConfig, source: 'config', sourcesAgree }
}

/** undefined: there is no reference; null: a variable it needs is not set. */
function resolveReference(
  reference: string | undefined,
  env: ReadonlyMap<string, string>,
): string | null | undefined {
  if (reference === undefined) return undefined
  let isComplete = true
  const resolved = reference.replace(CONFIG_REFERENCE, (_all, name: string) => {
    const value = nonEmpty(env.get(name))
    if (value === undefined) isComplete = false
    return value ?? ''
  })
  return isComplete ? resolved : null
}

/** Without gateway.auth.mode a password that is set anywhere makes the gateway ask for it instead of a token. */
function isPasswordMode(env: ReadonlyMap<string, string>, config: RazroomConfig | null): boolean {
  if (config?.authMode !== undefined) return config.authMode !== 'token'
  return config?.authPassword !== undefined || nonEmpty(env.get('RAZROOM_GATEWAY_PASSWORD')) !== undefined
}

/** Blanks around a token can't be sent in an HTTP header (RFC 9110, 5.5), and the gateway drops them. */
function nonEmpty(value: string | undefined): string | undefined {
  return value?.trim() || undefined
}

/** What is shown in place of a token: always the same, so that not even its length is told. */
export function maskToken(_token: string): string {
  return '••••••••••••••••'
}
