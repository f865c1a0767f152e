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
/** While this page ends its own login: what it shows stays until the fresh page with the login is there. */
let isLeaving = false

export function setSession(info: SessionInfo): void {
  session.value = { kind: 'in', info }
}

export function setLeaving(leaves: boolean): void {
  isLeaving = leaves
}

/** Shows the login page, unless this page is about to be left for it anyway. */
export function endSession(): void {
  if (isLeaving) return
  const hadSession = session.value.kind === 'in' || (session.value.kind === 'out' && session.value.hadSession)
  session.value = { kind: 'out', hadSession }
  stepUpRequest.value?.answer(false)
}
