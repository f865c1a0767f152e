/** Bodies that are no JSON, no UTF-8, or no whole HTTP. */
import fc, { type Arbitrary } from 'fast-check'

export interface RawBody {
  /** One character for each byte. */
  readonly bytes: string
  /** In place of the length of the bytes: what the head says of the body. */
  readonly framing?: string
}

const FOUR_MIB = 4_194_304
const repeated = (text: string, times: number): string => text.repeat(times)

/** Sent as JSON, and not that. */
const NO_JSON: readonly string[] = [
  '{',
  '{"a":',
  '{"a":1',
  '[1,]',
  '{"a":1}}',
  '{"a":1}{"b":2}',
  "{'a':1}",
  '{a:1}',
  'NaN',
  '[NaN, Infinity]',
  'undefined',
  '\u00ef\u00bb\u00bf{}x',
  '{"__proto__":{"isAdmin":true}}',
  '{"a":{"__proto__":null}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '\u00ff\u00fe{\u0000}\u0000',
  '{"a":"\u00c3',
  '{"a":"\u0000"}',
  '{"a":"\\ud8"}',
  '\u0000',
  ' ',
  '/**/{}',
  '<xml/>',
  'a=1&b=2',
  repeated('[', 20_000),
  repeated('{"a":', 20_000),
  '1e99999x',
]
export const malformedJson: Arbitrary<RawBody> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...NO_JSON).map((bytes) => ({ bytes })) },
  {
    weight: 4,
    arbitrary: fc
      .string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 64 })
      .filter((bytes) => !isJson(bytes))
      .map((bytes) => ({ bytes })),
  },
  // One byte more than the panel takes.
  { weight: 1, arbitrary: fc.constant({ bytes: `"${repeated('a', FOUR_MIB)}` }) },
)

/** The same as no body. */
export const emptyBodies: Arbitrary<RawBody> = fc.constantFrom<RawBody>(
  { bytes: '' },
  { bytes: '0\r\n\r\n', framing: 'Transfer-Encoding: chunked' },
)

/** Heads that do not fit what follows. */
export const brokenFraming: Arbitrary<RawBody> = fc.constantFrom<RawBody>(
  { bytes: '{}', framing: 'Content-Length: 2\r\nContent-Length: 3' },
  { bytes: '{}', framing: 'Content-Length: -1' },
  { bytes: '{}', framing: 'Content-Length: 0x2' },
  { bytes: '{}', framing: 'Content-Length: 99999999999999999999' },
  { bytes: '{}', framing: 'Content-Length: 2\r\nTransfer-Encoding: chunked' },
  { bytes: '2\r\n{}\r\n0\r\n\r\n', framing: 'Transfer-Encoding: gzip, chunked, identity' },
  { bytes: 'zz\r\n{}\r\n0\r\n\r\n', framing: 'Transfer-Encoding: chunked' },
  { bytes: '5\r\n{}\r\n0\r\n\r\n', framing: 'Transfer-Encoding: chunked' },
  { bytes: 'fffffffffffffffff\r\n{}\r\n', framing: 'Transfer-Encoding: chunked' },
  { bytes: '2;\u0000=x\r\n{}\r\n0\r\n\r\n', framing: 'Transfer-Encoding: chunked' },
  { bytes: '2\n{}\n0\n\n', framing: 'Transfer-Encoding: chunked' },
  { bytes: '{}', framing: 'Content-Length: 2\r\n folded: yes' },
  { bytes: '{}', framing: 'Content-Length : 2' },
  { bytes: '{}', framing: 'Content-Length: 2\r\nNo colon here' },
  { bytes: '{}', framing: 'Content-Length: 2\r\nX: a\u0000b' },
  { bytes: '{}', framing: `Content-Length: 2\r\nX: ${repeated('a', 20_000)}` },
  { bytes: '{}', framing: `Content-Length: 2\r\n${repeated('X: a\r\n', 3_000)}Y: b` },
)

/** What is no image archive and no backup. */
export const foreignBodies: Arbitrary<RawBody> = fc.oneof(
  fc.constantFrom<RawBody>(
    { bytes: '' },
    { bytes: '\u001f\u008b\u0008' },
    { bytes: repeated('\u0000', 1_024) },
  ),
  emptyBodies,
)

function isJson(bytes: string): boolean {
  try {
    JSON.parse(Buffer.from(bytes, 'latin1').toString())
    return true
  } catch {
    // Not JSON is what is looked for here.
    return false
  }
}
