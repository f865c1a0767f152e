import { signal } from '@preact/signals'
import type { EnvDocument } from '../../contract/env.ts'

/** `.env` as last read; null before. */
export const envDocument = signal<EnvDocument | null>(null)
/** ETag the machine last told of; differs from the document's when the file was changed since. */
export const envLatestEtag = signal<string | null>(null)
