/** Fields of what another program printed: taken where they are of the kind that is expected, left out otherwise. */
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { plainText } from '../plain-text.ts'

const Loose = Type.Record(Type.String(), Type.Unknown())
export type Loose = Static<typeof Loose>

/** Texts are cut to what is shown when their secrets are masked (mask-texts.ts): a half of one would not be known. */
const MAX_TEXT = 4_096
/** Some months after 9999 a time has no four-digit year any more. */
const MAX_TIME_MS = 253_402_300_799_999

export function isLoose(value: unknown): value is Loose {
  return Value.Check(Loose, value)
}

/** The object there, or an empty one. */
export function objectOf(value: unknown): Loose {
  return isLoose(value) ? value : {}
}

/** The array there, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A name or a sentence, plain and in one line; empty when there is none. */
export function textOf(value: unknown): string {
  return plainText(value, MAX_TEXT)
}

/** The member when it says something, else nothing: for spreading into an object. */
export function said<K extends string>(key: K, text: string): { [X in K]?: string } {
  return (text === '' ? {} : { [key]: text }) as { [X in K]?: string }
}

/** ISO time of milliseconds since 1970, or of an ISO text; nothing when it is neither. */
export function timeMember<K extends string>(key: K, value: unknown): { [X in K]?: string } {
  const ms = typeof value === 'string' ? Date.parse(value) : value
  const isTime = typeof ms === 'number' && ms > 0 && ms <= MAX_TIME_MS
  return (isTime ? { [key]: new Date(ms).toISOString() } : {}) as { [X in K]?: string }
}

/** A whole number from 0 on; nothing when it is none. */
export function countMember<K extends string>(key: K, value: unknown): { [X in K]?: number } {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return (isCount ? { [key]: value } : {}) as { [X in K]?: number }
}

/** The first so many that could be read, and how many there are besides. */
export function collect<T>(
  values: readonly unknown[],
  limit: number,
  read: (value: Loose) => T | null,
): { readonly list: T[]; readonly skipped: number } {
  const list: T[] = []
  for (const value of values) {
    if (list.length === limit) break
    const entry = isLoose(value) ? read(value) : null
    if (entry !== null) list.push(entry)
  }
  return { list, skipped: values.length - list.length }
}
