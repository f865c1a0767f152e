import type { TokenReveal } from '../../contract/token.ts'
import { token } from '../state/token.ts'
import { api } from './client.ts'
import { toProblem } from './problem.ts'

/** Reads the masked token and where it comes from. A failure becomes part of the state. */
export async function loadToken(): Promise<void> {
  try {
    token.value = { kind: 'known', token: await api('GET /api/token') }
  } catch (error) {
    token.value = { kind: 'failed', problem: toProblem(error) }
  }
}

/** The token itself, for the moment it is needed. Nothing keeps it. @throws {ApiProblem} */
export async function readToken(): Promise<TokenReveal> {
  return api('POST /api/token/reveal')
}

/** Starts the rotation. @throws {ApiProblem} OPERATION_RUNNING, SETUP_REQUIRED */
export async function rotateToken(): Promise<void> {
  await api('POST /api/token/rotate', { body: {} })
}

/**
 * The Control UI with its token. The fragment is not sent to any server (RFC 3986, 3.5), and the page there strips it.
 * @param url of the status, with or without a slash at its end
 */
export function controlUiLink(url: string, secret: string): string {
  return `${url.replace(/\/*$/, '/')}#token=${encodeURIComponent(secret)}`
}

/** Opens the Control UI in a new tab, logged in. @throws {ApiProblem} when the token can't be read */
export async function openControlUi(url: string): Promise<void> {
  const { token: secret } = await readToken()
  open(controlUiLink(url, secret), '_blank', 'noopener,noreferrer')
}
