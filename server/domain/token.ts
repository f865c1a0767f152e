/** The gateway's token: made, found, and shown without showing it. */
import { randomBytes } from 'node:crypto'
import { tokenProblem } from '../../contract/rules.ts'
import type { TokenSource } from '../../contract/token.ts'
import { ConflictError, InputError, SetupError } from '../errors.ts'
import { CONFIG_REFERENCE, type RazroomConfig } from './razroom-config.ts'
import { TOKEN_VARIABLE } from './variable-rules.ts'

export { TOKEN_VARIABLE }

/** Where it is set, and nothing says otherwise, the gateway asks for it instead of the token. */
export const PASSWORD_VARIABLE = 'RAZROOM_GATEWAY_PASSWORD'

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
  if (config?.isAuthTokenInvalid || whyNotAsked(env, config) !== null) return null
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

/**
 * Why the gateway asks for no token, as the end of a sentence; null when it asks for one. Without gateway.auth.mode a
 * password that is set anywhere makes it ask for that.
 */
function whyNotAsked(env: ReadonlyMap<string, string>, config: RazroomConfig | null): string | null {
  if (config?.authMode !== undefined)
    return config.authMode === 'token' ? null : 'gateway.auth.mode in razroom.json is not "token"'
  if (config?.authPassword !== undefined) return 'razroom.json sets gateway.auth.password'
  return nonEmpty(env.get(PASSWORD_VARIABLE)) === undefined ? null : `.env sets ${PASSWORD_VARIABLE}`
}

/** @throws {ConflictError} TOKEN_NOT_USED the gateway asks for something else, and the detail says why */
export function refuseUnusedToken(env: ReadonlyMap<string, string>, config: RazroomConfig | null): void {
  const why = whyNotAsked(env, config)
  if (why !== null) throw new ConflictError('TOKEN_NOT_USED', { detail: why })
}

/**
 * The token the server checks, as {@link effectiveToken} finds it.
 * @throws {ConflictError} TOKEN_NOT_USED the gateway asks for something else
 * @throws {SetupError} TOKEN_MISSING there is none, or the one of razroom.json can't be used
 */
export function requireToken(env: ReadonlyMap<string, string>, config: RazroomConfig | null): EffectiveToken {
  refuseUnusedToken(env, config)
  const found = effectiveToken(env, config)
  if (found) return found
  const detail = config?.isAuthTokenInvalid
    ? 'gateway.auth.token in razroom.json is no text'
    : config?.authTokenReference !== undefined
      ? `razroom.json takes it from ${referredVariables(config.authTokenReference).join(' and ')}, not all of which .env sets`
      : undefined
  throw new SetupError('TOKEN_MISSING', detail === undefined ? {} : { detail })
}

/** The names of the variables that a text of razroom.json refers to. */
export function referredVariables(reference: string): string[] {
  return [...reference.matchAll(CONFIG_REFERENCE)].map(([, name = '']) => name)
}

/** @throws {InputError} TOKEN_REFUSED a token of a person's own that won't do, with a field; never with the token */
export function refuseBadToken(token: string): void {
  const message = tokenProblem(token)
  if (message === null) return
  throw new InputError('TOKEN_REFUSED', {
    detail: `it ${message}`,
    fields: [{ path: 'body.token', message }],
  })
}

/** Blanks around a token can't be sent in an HTTP header (RFC 9110, 5.5), and the gateway drops them. */
export function nonEmpty(value: string | undefined): string | undefined {
  return value?.trim() || undefined
}

/** What is shown in place of a token: always the same, so that not even its length is told. */
export function maskToken(_token: string): string {
  return '••••••••••••••••'
}
