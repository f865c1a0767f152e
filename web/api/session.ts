/** Logging in and out. The session's secret stays in memory; the cookie is out of reach for scripts. */
import {
  beginLeaving,
  endSession,
  forgetSession,
  session,
  setSession,
  stayAfterAll,
  stepUpRequest,
} from '../state/session.ts'
import { api } from './client.ts'
import { ApiProblem } from './problem.ts'

/**
 * The code in what a person pasted: the code itself, or the whole link of `razroom-panel login`.
 * @returns an empty string when there is none
 */
export function readLoginCode(pasted: string): string {
  const text = pasted.trim()
  const fragment = /#code=([^&\s]+)/.exec(text)
  if (fragment?.[1] !== undefined) return decodePart(fragment[1])
  return /[\s/#]/.test(text) ? '' : text
}

/** Takes the code out of the address bar, so that neither the history nor a glance keeps it. */
export function takeCodeFromAddress(): string {
  if (!location.hash.startsWith('#code=')) return ''
  const code = readLoginCode(location.hash)
  history.replaceState(null, '', location.pathname + location.search)
  return code
}

/** Swaps a one-time code for a session. @throws {ApiProblem} LOGIN_CODE_INVALID, RATE_LIMITED */
export async function logIn(code: string): Promise<void> {
  setSession(await api('POST /api/session', { body: { code } }))
}

/** Takes up the session of the cookie, if there is one; otherwise the login page is shown. */
export async function resumeSession(): Promise<void> {
  try {
    setSession(await api('GET /api/session'))
  } catch (error) {
    // 401 has ended the session already; anything else says nothing about it, and the caller shows it.
    if (!(error instanceof ApiProblem) || error.problem.status !== 401) throw error
  }
}

/** Ends the session here and on the panel, and forgets everything this page has in memory. */
export async function logOut(): Promise<void> {
  await leaveBy(() => api('DELETE /api/session'))
}

/** Ends every login, this one as well, and shows the login page. @throws {ApiProblem} when nothing was ended */
export async function logOutEverywhere(): Promise<void> {
  await leaveBy(() => api('DELETE /api/sessions'))
}

/**
 * Loads the page anew once the panel has ended the login. Its sockets are closed before its answer comes: without the
 * flag the login would be there twice, and what is typed into the first one would be lost; and what asks again and again
 * would be refused.
 */
async function leaveBy(ends: () => Promise<unknown>): Promise<void> {
  beginLeaving()
  try {
    await ends()
  } catch (error) {
    // 401: somebody else was faster, and there is nothing to stay for.
    if (!(error instanceof ApiProblem) || error.problem.status !== 401) {
      stayAfterAll()
      throw error
    }
  }
  // A browser may keep this page for its back button: what it keeps is logged out.
  addEventListener('pagehide', forgetSession, { once: true })
  // Who has unsaved edits is asked, and may stay: logged out, which is to be seen.
  addEventListener('beforeunload', (event) => event.defaultPrevented && setTimeout(forgetSession), {
    once: true,
  })
  location.assign('/')
}

/** Confirms with the words the person typed. @throws {ApiProblem} when they were not accepted */
export async function confirmStepUp(): Promise<void> {
  setSession(await api('POST /api/session/step-up', { body: { confirm: 'show secrets' } }))
  stepUpRequest.value?.answer(true)
}

/** Closes the dialog: the secret is not shown. */
export function declineStepUp(): void {
  stepUpRequest.value?.answer(false)
}

/** A page that was left open logs itself in again when another tab has done so. */
export function rejoinWhenSeen(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || session.value.kind !== 'out') return
    resumeSession().catch(() => endSession())
  })
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not percent-encoded after all: the panel will say whether it is a code.
    return text
  }
}
