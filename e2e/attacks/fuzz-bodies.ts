/** Bodies for an endpoint of the contract. */
import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Endpoint } from '../../contract/endpoint.ts'
import { nearValid } from './near-valid.ts'
import { brokenFraming, emptyBodies, foreignBodies, malformedJson, type RawBody } from './raw-bodies.ts'
import { type Json, validValue } from './schema-arbitrary.ts'
import type { Header } from './shot.ts'

/** JSON as bytes, one character each. */
const jsonBytes = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('latin1')
const takes = (schema: TSchema, value: unknown): boolean => Value.Check(schema, value)

/** A body, and what its head says of it. */
export interface SentBody {
  readonly raw: RawBody | null
  readonly headers: readonly Header[]
  readonly isValid: boolean
  readonly isBroken: boolean
}

const WRONG_TYPES: readonly Header[][] = [
  [],
  [['Content-Type', 'text/plain']],
  [['Content-Type', 'application/x-www-form-urlencoded']],
  [['Content-Type', 'multipart/form-data; boundary=x']],
  [['Content-Type', 'application/jsonx']],
  [['Content-Type', 'application/problem+json']],
  [['Content-Type', 'text/json']],
  [['Content-Type', '']],
  [['Content-Type', ';']],
  [['Content-Type', 'application/json, text/plain']],
  [
    ['Content-Type', 'text/plain'],
    ['Content-Type', 'application/json'],
  ],
]

/** A body for the endpoint: right, near it, of another type, no JSON, no whole HTTP, or none. */
export function bodyOf(method: string, endpoint: Endpoint): Arbitrary<SentBody> {
  const none = fc.constant<SentBody>({
    raw: null,
    headers: [],
    isValid: acceptsNothing(endpoint),
    isBroken: false,
  })
  // What comes with a GET is not looked at.
  if (method === 'GET') return none
  const type = endpoint.upload ? 'application/octet-stream' : 'application/json'
  const typed: Header[] = [['Content-Type', type]]
  const sent = (raw: RawBody, isValid: boolean): SentBody => ({
    raw,
    headers: typed,
    isValid,
    isBroken: false,
  })
  const json = (value: Json): SentBody => sent({ bytes: jsonBytes(value) }, acceptsJson(endpoint, value))
  const broken = brokenFraming.map(
    (raw): SentBody => ({ raw, headers: typed, isValid: false, isBroken: true }),
  )
  const values = endpoint.body ? validValue(endpoint.body) : fc.constantFrom<Json>(null, {}, [])
  const near = endpoint.body ? nearValid(endpoint.body) : fc.constantFrom<Json>(0, '', true, [1], { a: 1 })
  const mistyped = fc.tuple(values, fc.constantFrom(...WRONG_TYPES)).map(([value, headers]): SentBody => {
    return { raw: { bytes: jsonBytes(value) }, headers, isValid: false, isBroken: false }
  })
  const bad = [
    { weight: 2, arbitrary: mistyped },
    { weight: 2, arbitrary: broken },
  ]
  if (endpoint.upload)
    return fc.oneof(none, ...bad, { weight: 2, arbitrary: foreignBodies.map((raw) => sent(raw, true)) })
  return fc.oneof(
    ...bad,
    { weight: 3, arbitrary: none },
    { weight: 6, arbitrary: values.map(json) },
    { weight: 14, arbitrary: near.map(json) },
    { weight: 4, arbitrary: malformedJson.map((raw) => sent(raw, false)) },
    { weight: 1, arbitrary: emptyBodies.map((raw) => sent(raw, acceptsNothing(endpoint))) },
  )
}

/** Without a body there is an empty object, or an empty file. */
function acceptsNothing({ body }: Endpoint): boolean {
  return body === undefined || takes(body, {})
}

function acceptsJson({ body }: Endpoint, value: Json): boolean {
  const received: unknown = JSON.parse(JSON.stringify(value))
  if (body) return takes(body, received)
  return received === null || (typeof received === 'object' && Object.keys(received).length === 0)
}
