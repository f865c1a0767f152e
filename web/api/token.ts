import type { TokenPurpose, TokenReveal } from '../../contract/token.ts'
import { token } from '../state/token.ts'
import { api } from './client.ts'
import { hasCode, toProblem } from './problem.ts'

/** Reads the masked token and where it comes from. A failure becomes part of the state. */
export async function loadToken(): Promise<void> {
  try {
    token.value = { kind: 'known', token: await api('GET /api/token') }
  } catch (error) {
    token.value = { kind: 'failed', problem: toProblem(error) }
  }
}

/**
 * The token itself, for the moment it is needed. Nothing keeps it.
 * @param purpose for the audit log
 * @throws {ApiProblem}
 */
export async function readToken(purpose: TokenPurpose): Promise<TokenReveal> {
  return api('POST /api/token/reveal', { query: { purpose } })
}

/**
 * Starts the rotation.
 * @param own a token of the person's own; without it the panel makes one
 * @throws {ApiProblem} TOKEN_REFUSED, OPERATION_RUNNING, SETUP_REQUIRED
 */
export async function rotateToken(own?: string): Promise<void> {
  await api('POST /api/token/rotate', { body: own === undefined ? {} : { token: own } })
}

/** Starts writing the token that the gateway checks into `.env`. @throws {ApiProblem} OPERATION_RUNNING, SETUP_REQUIRED */
export async function reconcileToken(): Promise<void> {
  await api('POST /api/token/reconcile')
}

/**
 * The Control UI with its token. The fragment is not sent to any server (RFC 3986, 3.5), and the page there strips it.
 * @param url of the status, with or without a slash at its end
 */
export function controlUiLink(url: string, secret: string): string {
  return `${url.replace(/\/*$/, '/')}#token=${encodeURIComponent(secret)}`
}

/**
 * Opens the Control UI in a new tab: logged in, or without a token where the gateway has none. The link is made at the
 * click and handed over, so that it is neither in this page nor in its history.
 * @throws {ApiProblem} when the token can't be read
 */
export async function openControlUi(url: string): Promise<void> {
  open(await loginLink(url), '_blank', 'noopener,noreferrer')
}

async function loginLink(url: string): Promise<string> {
  try {
    return controlUiLink(url, (await readToken('open')).token)
  } catch (error) {
    if (hasCode(error, 'TOKEN_MISSING') || hasCode(error, 'TOKEN_NOT_USED')) return url
    throw error
  }
}
