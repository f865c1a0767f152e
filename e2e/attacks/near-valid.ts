/** Values one step beside what a schema takes: something missing, added, of another type, too long, too deep. */
import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { type Json, validValue } from './schema-arbitrary.ts'

type Place = readonly (string | number)[]

const DEEP = 3_000
const LONG = [129, 4_097, 66_000]
/** Own properties of these names, as JSON.parse makes them. */
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  '',
  'admin',
  'Path',
  '\ud800',
] as const

const named = (key: string, value: Json): Json => Object.fromEntries([[key, value]])
const nested = (depth: number): Json => {
  let value: Json = {}
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** What no field expects. */
const STRANGERS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 31),
  1e308,
  '',
  'NaN',
  'Infinity',
  '0x10',
  '1e999',
  '\ud800',
  'a\u0000b',
  '../../etc/passwd',
  [],
  {},
  [[]],
  nested(DEEP),
  named('__proto__', { isAdmin: true }),
  { constructor: { prototype: { isAdmin: true } } },
  { toString: 'x', valueOf: 1 },
  { length: 1_000_000_000 },
]

type Way = (value: Json, stranger: Json, key: string) => Json | undefined

/** Each takes what stands at a place, and gives what is to stand there; undefined takes it away. */
const WAYS: Readonly<Record<string, Way>> = {
  replaced: (_value, stranger) => stranger,
  missing: () => undefined,
  'in a list': (value) => [value],
  'in an object': (value, _stranger, key) => named(key, value),
  'with one more key': (value, stranger, key) =>
    isObject(value) ? Object.fromEntries([...Object.entries(value), [key, stranger]]) : stranger,
  'as text': (value) => (typeof value === 'string' ? value.length : JSON.stringify(value)),
  longer: (value) => {
    if (typeof value === 'string') return value.padEnd(LONG[value.length % LONG.length] ?? 0, 'a')
    if (typeof value === 'number') return value + 4_294_967_296
    return Array.isArray(value) ? Array.from({ length: 1_001 }, () => value[0] ?? null) : [value, value]
  },
  'a step beyond': (value) => (typeof value === 'number' ? value - 1 : ` ${JSON.stringify(value)}`),
  'with a control character': (value) => `${typeof value === 'string' ? value : ''}\n\u0007`,
}

/** Values of the schema that were spoilt at one or two places. Some are still what the schema takes: ask it. */
export function nearValid(schema: TSchema): Arbitrary<Json> {
  const change = fc.record({
    at: fc.nat(),
    way: fc.constantFrom(...Object.values(WAYS)),
    stranger: fc.constantFrom(...STRANGERS),
    key: fc.constantFrom(...KEYS),
  })
  return fc
    .tuple(validValue(schema), fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([valid, changes]) => {
      let value: Json | undefined = valid
      for (const { at, way, stranger, key } of changes) {
        if (value === undefined) break
        const places = placesIn(value)
        value = changeAt(value, places[at % places.length] ?? [], (found) => way(found, stranger, key))
      }
      return value ?? null
    })
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value itself and all that is in it, not deeper than anything of the contract. */
function placesIn(value: Json, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null || place.length > 6) return [place]
  const inside = Object.entries(value).slice(0, 20)
  return [place, ...inside.flatMap(([key, part]) => placesIn(part, [...place, key]))]
}

function changeAt(
  value: Json,
  [key, ...rest]: Place,
  change: (found: Json) => Json | undefined,
): Json | undefined {
  if (key === undefined) return change(value)
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const next = name === String(key) ? changeAt(part, rest, change) : part
    return next === undefined ? [] : [[name, next] as const]
  })
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}
