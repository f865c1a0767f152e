/** The last hand on what a gateway said: secrets masked once more, and then, not before, cut to what is shown. */
import { plainText } from '../plain-text.ts'
import { maskKeys } from './mask-keys.ts'

/** Members that are sentences of whoever refused something; the others are names, which may be long and mixed. */
const SENTENCES: ReadonlySet<string> = new Set(['lastError', 'reason'])
const MAX_SENTENCE = 300
const MAX_NAME = 120

/**
 * The same value with each of its texts masked and cut.
 * @param redact masks the secrets that are known
 */
export function maskTexts<T>(value: T, redact: (text: string) => string): T {
  return mask(value, redact, '') as T
}

function mask(value: unknown, redact: (text: string) => string, key: string): unknown {
  if (typeof value === 'string') {
    const known = redact(value)
    return SENTENCES.has(key) ? plainText(maskKeys(known), MAX_SENTENCE) : plainText(known, MAX_NAME)
  }
  if (Array.isArray(value)) return value.map((item) => mask(item, redact, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mask(member, redact, name)]))
}
