/** Requests to an endpoint of the contract, most of them one step beside what it takes. */
import { parse } from 'node:querystring'
import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Endpoint } from '../../contract/endpoint.ts'
import { bodyOf } from './fuzz-bodies.ts'
import { nearValid } from './near-valid.ts'
import type { RawBody } from './raw-bodies.ts'
import { type Json, validValue } from './schema-arbitrary.ts'
import type { Header } from './shot.ts'

/** A request but for who sends it. */
export interface Draft {
  readonly key: string
  readonly method: string
  readonly target: string
  /** Of its form: content type, If-Match and the like. */
  readonly headers: readonly Header[]
  readonly body: RawBody | null
  /** All of it is what the contract takes: it would be carried out. */
  readonly isValid: boolean
  /** It is no whole HTTP: the answer may be Node's, or none. */
  readonly isBroken: boolean
  /** Its target is spelt so that it may lead nowhere. */
  readonly isElsewhere: boolean
}

interface Part {
  readonly text: string
  readonly isValid: boolean
  readonly isElsewhere?: true
}

const takes = (schema: TSchema, value: unknown): boolean => Value.Check(schema, value)

/** Segments of a path that are encoded wrongly, lead elsewhere, or are too long. */
const SEGMENTS: readonly string[] = [
  '',
  '%',
  '%zz',
  '%00',
  '%ff',
  '%c0%ae%c0%ae',
  '%2e%2e%2fstate.json',
  '..',
  '__proto__',
  'constructor',
  '%ed%a0%80',
  'é',
  'a'.repeat(130),
  'a'.repeat(9_000),
  '%252e',
  '-rf',
  '*',
  ':id',
  '0',
  'NaN',
]

/** Values of If-Match; those of the files as they are stand first, when there are any. */
const PRECONDITIONS: readonly string[] = [
  '*',
  '""',
  '"absent"',
  'W/"absent"',
  '"',
  `"${'0'.repeat(64)}"`,
  'a, b',
  '\u00ff',
]

/**
 * @param key of the endpoint: METHOD /path
 * @param etags as the files of the gateway have them now
 */
export function draftsOf(key: string, endpoint: Endpoint, etags: readonly string[]): Arbitrary<Draft> {
  const [method = '', pattern = ''] = key.split(' ')
  return fc
    .record({
      path: pathOf(pattern, endpoint.params),
      query: queryOf(endpoint.query),
      body: bodyOf(method, endpoint),
      ifMatch: ifMatchOf(endpoint, etags),
    })
    .map(({ path, query, body, ifMatch }) => ({
      key,
      method,
      target: `${path.text}${query.text}`,
      headers: [...body.headers, ...ifMatch],
      body: body.raw,
      isValid: path.isValid && query.isValid && body.isValid,
      isBroken: body.isBroken,
      isElsewhere: path.isElsewhere === true || /%(?![0-9a-f]{2})/i.test(query.text),
    }))
}

function pathOf(pattern: string, params: TSchema | undefined): Arbitrary<Part> {
  if (!params) return fc.constant({ text: pattern, isValid: true })
  const fill = (values: Json): Part => {
    // What the address has no place for does not arrive, and all that arrives is text.
    const given = Object.fromEntries(
      namesIn(pattern).map((name) => [name, segmentText((values as Record<string, Json>)[name])]),
    )
    const text = pattern.replace(/:([a-z]+)/gi, (_all, name: string) => encodeSegment(given[name]))
    return { text, isValid: takes(params, given) }
  }
  const hostile = fc.constantFrom(...SEGMENTS).map((segment) => ({
    text: pattern.replace(/:[a-z]+/gi, segment),
    isValid: takes(params, Object.fromEntries(namesIn(pattern).map((name) => [name, segment]))),
    isElsewhere: true as const,
  }))
  return fc.oneof(
    { weight: 5, arbitrary: validValue(params).map(fill) },
    { weight: 2, arbitrary: nearValid(params).filter(isObject).map(fill) },
    { weight: 3, arbitrary: hostile },
  )
}

const namesIn = (pattern: string): string[] =>
  [...pattern.matchAll(/:([a-z]+)/gi)].map(([, name = '']) => name)
const isObject = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Percent-encoded; half a character, which has no encoding, as the bytes that some programs make of it. */
function encodeSegment(value: Json | undefined): string {
  return encodeURIComponent(segmentText(value).toWellFormed()).slice(0, 9_000)
}

function segmentText(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value ?? null) ?? '')
}

function queryOf(query: TSchema | undefined): Arbitrary<Part> {
  const junk = fc.constantFrom(
    '?',
    '?a=1',
    '?__proto__=1',
    '?__proto__[x]=1&constructor=2',
    '?%',
    '?%zz=%zz',
    `?${'a=1&'.repeat(1_500)}`,
    '?limit=NaN&limit=1',
    '?a=%00',
    '?=&=&&',
  )
  const judged = (text: string): Part => {
    if (!query) return { text, isValid: true }
    const fields = { ...parse(text.slice(1)) }
    return { text, isValid: takes(query, Value.Convert(query, fields)) }
  }
  const none = { weight: 6, arbitrary: fc.constant({ text: '', isValid: true }) }
  const strange = { weight: 1, arbitrary: junk.map(judged) }
  if (!query) return fc.oneof(none, strange)
  const toText = (values: Json): string => {
    const fields = Object.entries(values as Record<string, Json>)
    return `?${fields.map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`).join('&')}`
  }
  return fc.oneof(
    none,
    { weight: 4, arbitrary: validValue(query).map((values) => ({ text: toText(values), isValid: true })) },
    {
      weight: 6,
      arbitrary: nearValid(query)
        .filter(isObject)
        .map((values) => judged(toText(values))),
    },
    { weight: 3, arbitrary: junk.map(judged) },
  )
}

function ifMatchOf({ ifMatch }: Endpoint, etags: readonly string[]): Arbitrary<Header[]> {
  const now = etags.map((etag) => `"${etag}"`)
  const one = fc
    .constantFrom(...now, ...now, ...PRECONDITIONS)
    .map((value): Header[] => [['If-Match', value]])
  const none = fc.constant<Header[]>([])
  if (!ifMatch) return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: one })
  const twice = fc.tuple(one, one).map((pair) => pair.flat())
  return fc.oneof(
    { weight: 8, arbitrary: one },
    { weight: 1, arbitrary: none },
    { weight: 1, arbitrary: twice },
  )
}
