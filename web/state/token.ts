import { signal } from '@preact/signals'
import type { Problem } from '../../contract/schemas.ts'
import type { TokenStatus } from '../../contract/token.ts'

/** The effective token without its value. The value itself is never kept here. */
export type TokenState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'known'; readonly token: TokenStatus }
  | { readonly kind: 'failed'; readonly problem: Problem }

export const token = signal<TokenState>({ kind: 'loading' })
