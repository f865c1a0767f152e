import { signal } from '@preact/signals'

/** Of the events socket: while it is not `open`, what the page shows may be old. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: 'lost' | 'tooMany' | 'refused' }

export const connection = signal<Connection>({ kind: 'connecting' })
