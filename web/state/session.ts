import { signal } from '@preact/signals'
import type { SessionInfo } from '../../contract/schemas.ts'

export type SessionState =
  /** Not asked yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'in'; readonly info: SessionInfo }
  /** `hadSession`: it was open in this page before, so its end is worth a word. */
  | { readonly kind: 'out'; readonly hadSession: boolean }

export interface StepUpRequest {
  readonly answered: Promise<boolean>
  answer(isConfirmed: boolean): void
}

export const session = signal<SessionState>({ kind: 'unknown' })
/** Set while a call waits for the person's confirmation. */
export const stepUpRequest = signal<StepUpRequest | null>(null)
/**
 * While this page ends its own login: what it shows stays until the fresh page with the login is there, and what it
 * would ask waits, for it would be refused. Resolved when the page stays after all.
 */
let leaving: PromiseWithResolvers<void> | null = null

export function setSession(info: SessionInfo): void {
  session.value = { kind: 'in', info }
}

/** The page is about to be left for a fresh one. */
export function beginLeaving(): void {
  leaving ??= Promise.withResolvers()
}

/** Nothing came of it: what waited goes on. */
export function stayAfterAll(): void {
  leaving?.resolve()
  leaving = null
}

/** While the page is being left: resolved when it stays after all, if ever. */
export function whenStaying(): Promise<void> | undefined {
  return leaving?.promise
}

/** The page is left. What waited does so for ever, and what it showed is of no login any more. */
export function forgetSession(): void {
  leaving = null
  endSession()
}

/** Shows the login page, unless this page is about to be left for it anyway. */
export function endSession(): void {
  if (leaving) return
  const hadSession = session.value.kind === 'in' || (session.value.kind === 'out' && session.value.hadSession)
  session.value = { kind: 'out', hadSession }
  stepUpRequest.value?.answer(false)
}
