import { signal } from '@preact/signals'
import type { ConfigDocument } from '../../contract/config.ts'

/** razroom.json as last read; null before. */
export const configDocument = signal<ConfigDocument | null>(null)
/** ETag the machine last told of; differs from the document's when the file was changed since. */
export const configLatestEtag = signal<string | null>(null)
