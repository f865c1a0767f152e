/** What is to be said of the gateway's token. No finding has any of it, nor how long it is. */
import { isWeakToken, MIN_TOKEN_CHARACTERS, MIN_TOKEN_LENGTH, tokenProblem } from '../../contract/rules.ts'
import type { Finding } from '../../contract/schemas.ts'
import type { RazroomConfig } from './razroom-config.ts'
import {
  type EffectiveToken,
  effectiveToken,
  nonEmpty,
  PASSWORD_VARIABLE,
  referredVariables,
  TOKEN_VARIABLE,
} from './token.ts'

const ROTATE = 'Rotate the token.'

/**
 * What is wrong with the token, or worth knowing, the worst first; nothing where the gateway has none.
 * @param env the variables of `.env` as podman reads them
 * @param config razroom.json, or null when there is none
 */
export function tokenFindings(env: ReadonlyMap<string, string>, config: RazroomConfig | null): Finding[] {
  const found = effectiveToken(env, config)
  if (!found) return []
  return [
    ...differingSources(found),
    ...weakness(found),
    ...characters(found),
    ...blanks(env, config),
    ...reference(config),
    ...password(env, config),
  ]
}

/** The gateway that runs was started with another token than `.env` has now. */
export function pendingToken(): Finding {
  return {
    id: 'token.restart-pending',
    severity: 'warning',
    title: 'This token counts after a restart',
    evidence: 'the gateway that runs was started with another one, and still checks that',
    hint: 'Restart the gateway.',
  }
}

function differingSources({ sourcesAgree }: EffectiveToken): Finding[] {
  if (sourcesAgree) return []
  return [
    {
      id: 'token.sources-differ',
      severity: 'warning',
      title: '.env and razroom.json hold different tokens',
      evidence: `the gateway checks the one of razroom.json; commands inside the container show ${TOKEN_VARIABLE} of .env`,
      hint: 'Put the one that the gateway checks into .env: whoever is logged in stays so. Rotating makes them one, too.',
      fix: { label: 'Use the gateway’s token in .env' },
    },
  ]
}

function weakness({ token }: EffectiveToken): Finding[] {
  if (!isWeakToken(token)) return []
  return [
    {
      id: 'token.weak',
      severity: 'warning',
      title: 'The token is weak',
      evidence: `it should have ${MIN_TOKEN_LENGTH} characters or more, of at least ${MIN_TOKEN_CHARACTERS} different ones`,
      hint: ROTATE,
    },
  ]
}

function characters({ token }: EffectiveToken): Finding[] {
  if (isWeakToken(token) || tokenProblem(token) === null) return []
  if (!isSendable(token)) {
    return [
      {
        id: 'token.characters',
        severity: 'warning',
        title: 'The token can not be sent over HTTP',
        evidence: 'it has characters that no header can carry (RFC 9110, 5.5)',
        hint: ROTATE,
      },
    ]
  }
  const isQuoted = /^(["']).*\1$/.test(token)
  return [
    {
      id: 'token.characters',
      severity: isQuoted ? 'warning' : 'info',
      title: isQuoted ? 'The quotes are a part of the token' : 'The token has unusual characters',
      evidence: isQuoted
        ? 'the gateway checks it with its quotes; who copies what is between them is refused'
        : 'programs that read .env by other rules than podman may take another token from it',
      hint: ROTATE,
    },
  ]
}

/** True when an HTTP header can carry it (RFC 9110, 5.5: visible ASCII and the upper half of Latin-1, blanks between). */
export function isSendable(token: string): boolean {
  return /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(token)
}

function blanks(env: ReadonlyMap<string, string>, config: RazroomConfig | null): Finding[] {
  const places = [
    ...(hasBlanks(env.get(TOKEN_VARIABLE)) ? ['.env'] : []),
    ...(hasBlanks(config?.authToken) ? ['razroom.json'] : []),
  ]
  if (places.length === 0) return []
  return [
    {
      id: 'token.blank-around',
      severity: 'info',
      title: 'Blanks around the token',
      evidence: `in ${places.join(' and ')}; the gateway drops them, other programs may not`,
      hint: 'Remove them, or rotate the token.',
    },
  ]
}

function hasBlanks(value: string | undefined): boolean {
  return nonEmpty(value) !== undefined && value !== value?.trim()
}

function reference(config: RazroomConfig | null): Finding[] {
  if (config?.authTokenReference === undefined) return []
  return [
    {
      id: 'token.reference',
      severity: 'info',
      title: 'razroom.json refers to a variable',
      evidence: `it takes the token from ${referredVariables(config.authTokenReference).join(' and ')}`,
      hint: 'Rotating sets the variable in .env and leaves razroom.json as it is.',
    },
  ]
}

/** Only where gateway.auth.mode says "token" can a password stand beside it without counting. */
function password(env: ReadonlyMap<string, string>, config: RazroomConfig | null): Finding[] {
  const places = [
    ...(nonEmpty(env.get(PASSWORD_VARIABLE)) === undefined ? [] : [`${PASSWORD_VARIABLE} in .env`]),
    ...(config?.authPassword === undefined ? [] : ['gateway.auth.password in razroom.json']),
  ]
  if (places.length === 0) return []
  return [
    {
      id: 'token.password-set',
      severity: 'info',
      title: 'A password is set, too',
      evidence: `${places.join(' and ')}; the gateway asks for the token, because gateway.auth.mode says so`,
      hint: 'Remove the password, unless the mode is to be changed.',
    },
  ]
}
