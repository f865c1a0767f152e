/** What was read from the panel once and may be read again: being read, known, or not to be had. */
import { type Signal, signal } from '@preact/signals'
import type { Problem } from '../../contract/schemas.ts'

export type Remote<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'failed'; readonly problem: Problem }

const forgetters = new Set<() => void>()

/** A place for an answer of the panel. It is emptied at the end of a session. */
export function createRemote<T>(): Signal<Remote<T>> {
  const remote = signal<Remote<T>>({ kind: 'loading' })
  forgetters.add(() => {
    remote.value = { kind: 'loading' }
  })
  return remote
}

/** Nothing that a session read stays in the page after its end. */
export function forgetRemotes(): void {
  for (const forget of forgetters) forget()
}

/** The value, when it is known. */
export function knownValue<T>(remote: Remote<T>): T | null {
  return remote.kind === 'known' ? remote.value : null
}
