import { signal } from '@preact/signals'
import type { Problem, TokenStatus } from '../../contract/schemas.ts'

/** The effective token without its value. The value itself is never kept here. */
export type TokenState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'known'; readonly token: TokenStatus }
  | { readonly kind: 'failed'; readonly problem: Problem }

export const token = signal<TokenState>({ kind: 'loading' })
