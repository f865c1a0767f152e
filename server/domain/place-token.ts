/** Where a token is written, so that the gateway and everyone who asks it take that one. */
import { ConflictError, InputError } from '../errors.ts'
import { type EnvFile, readEnv, renderEnvFile } from './env-file.ts'
import { type RazroomConfig, setConfigValue } from './razroom-config.ts'
import { setVariable } from './set-variable.ts'
import { nonEmpty, PASSWORD_VARIABLE, referredVariables, refuseUnusedToken, TOKEN_VARIABLE } from './token.ts'
import { findDanger, findOwner } from './variable-rules.ts'

/** The two files that can hold a token; razroom.json need not exist. */
export interface TokenFiles {
  readonly env: EnvFile
  readonly config: { readonly config: RazroomConfig; readonly text: string } | null
}

/** The files as they are to be; null for one that stays as it is. */
export interface TokenPlacement {
  readonly env: Uint8Array | null
  readonly configText: string | null
}

/**
 * Puts a token where the gateway looks for it: into `.env`, and into razroom.json only where it has one already (a new
 * one there would outrank the documented file). Where razroom.json refers to a variable, that is set in `.env`, and the
 * reference stays.
 *
 * @param token one that every reader of `.env` reads alike (`tokenProblem` of contract/rules.ts)
 * @throws {ConflictError} TOKEN_NOT_USED the gateway asks for something else
 * @throws {ConflictError} TOKEN_NOT_WRITABLE razroom.json's is no text, or refers to what can't be set to a token
 */
export function placeToken({ env, config }: TokenFiles, token: string): TokenPlacement {
  const variables = readEnv(env)
  const found = config?.config ?? null
  refuseUnusedToken(variables, found)
  const after = tokenVariables(variables, found).reduce((file, key) => setVariable(file, key, token), env)
  const isOther =
    config !== null && config.config.authToken !== undefined && config.config.authToken !== token
  return {
    env: changedBytes(env, after),
    configText: isOther ? setConfigValue(config.text, ['gateway', 'auth', 'token'], token) : null,
  }
}

/**
 * Puts the token that the server checks into `.env`, for those who look there first.
 * @throws {InputError} TOKEN_REFUSED no line of `.env` can hold it
 */
export function placeInEnv(env: EnvFile, token: string): Uint8Array | null {
  if (/[\n\r\0]/.test(token) || !token.isWellFormed()) {
    const detail =
      'the one of razroom.json has a line break, NUL or half a character, which no line of .env can hold: rotate it'
    throw new InputError('TOKEN_REFUSED', { detail })
  }
  return changedBytes(env, setVariable(env, TOKEN_VARIABLE, token))
}

/** The variables of `.env` that have to hold the token. */
function tokenVariables(env: ReadonlyMap<string, string>, config: RazroomConfig | null): string[] {
  if (config?.isAuthTokenInvalid)
    throw new ConflictError('TOKEN_NOT_WRITABLE', { detail: 'gateway.auth.token is no text' })
  const reference = config?.authTokenReference
  if (reference === undefined) return [TOKEN_VARIABLE]
  const [name = '', ...others] = referredVariables(reference)
  if (others.length > 0 || reference.trim() !== `\${${name}}`) {
    const detail = 'gateway.auth.token is put together from several parts'
    throw new ConflictError('TOKEN_NOT_WRITABLE', { detail })
  }
  if (name === TOKEN_VARIABLE) return [TOKEN_VARIABLE]
  if (name === PASSWORD_VARIABLE || findDanger(name) || findOwner(name) !== undefined) {
    const detail = `gateway.auth.token refers to ${name}, which is there for something else`
    throw new ConflictError('TOKEN_NOT_WRITABLE', { detail })
  }
  return nonEmpty(env.get(TOKEN_VARIABLE)) === undefined ? [name] : [name, TOKEN_VARIABLE]
}

function changedBytes(before: EnvFile, after: EnvFile): Uint8Array | null {
  const [old, bytes] = [renderEnvFile(before), renderEnvFile(after)]
  const isSame = old.length === bytes.length && old.every((byte, index) => byte === bytes[index])
  return isSame ? null : bytes
}
