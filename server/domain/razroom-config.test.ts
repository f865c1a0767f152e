import fc from 'fast-check'
import JSON5 from 'json5'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { scanJson5 } from './json5-scanner.ts'
import { configText, minimalConfig, readConfig, setConfigValue } from './razroom-config.ts'

const read = (text: string) => readConfig(new TextEncoder().encode(text))
const TOKEN = ['gateway', 'auth', 'token']

function errorOf(action: () => unknown): PanelError {
  try {
    action()
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('reads mode, auth and bind, whatever JSON5 they are written in', () => {
  const config = read(`\ufeff// mine
{ gateway: { mode: 'local', bind: "loopback", auth: { 'to\\x6ben': "abc", password: "p", mode: 'token' } }, more: [1,] }`)
  expect(config).toMatchObject({
    mode: 'local',
    bind: 'loopback',
    authToken: 'abc',
    authPassword: 'p',
    authMode: 'token',
  })
  expect(config.raw).toMatchObject({ more: [1] })
})

test('values that are empty or of another type are not there', () => {
  expect(read('{gateway: {mode: 5, auth: {token: "", password: []}}}')).toEqual({
    raw: { gateway: { mode: 5, auth: { token: '', password: [] } } },
  })
  expect(read('{gateway: null}')).toEqual({ raw: { gateway: null } })
})

test('a token that is a reference or no string is reported as such', () => {
  const reference = read(`{gateway: {auth: {token: "\${RAZROOM_GATEWAY_TOKEN}"}}}`)
  expect(reference.authToken).toBeUndefined()
  expect(reference.authTokenReference).toBe(`\${RAZROOM_GATEWAY_TOKEN}`)
  expect(read('{gateway: {auth: {token: {source: "env", id: "X"}}}}').isAuthTokenInvalid).toBe(true)
  expect(read('{gateway: {auth: {token: "a$b{c}"}}}').authToken).toBe('a$b{c}')
})

test.each([
  ['{\n  a: }', "razroom.json: invalid character '}' at 2:6"],
  ['', 'razroom.json: invalid end of input at 1:1'],
  ['[]', 'razroom.json is not an object'],
  ['"text"', 'razroom.json is not an object'],
])('broken: %j', (text, detail) => {
  const error = errorOf(() => read(text))
  expect([error.code, error.detail]).toEqual(['CONFIG_INVALID', detail])
})

test('what is not UTF-8 is refused rather than mangled', () => {
  expect(errorOf(() => configText(Uint8Array.of(0x7b, 0xff, 0x7d))).code).toBe('CONFIG_INVALID')
  expect(configText(new TextEncoder().encode('\ufeff{}'))).toBe('\ufeff{}')
})

test('the minimal config is plain JSON with the mode', () => {
  expect(JSON.parse(minimalConfig())).toEqual({ gateway: { mode: 'local' } })
})

test.each([
  [
    'a value, its comments beside it',
    `{a: 1, gateway: {auth: {/* x */ token: 'old' /* y */}}} // z`,
    `{a: 1, gateway: {auth: {/* x */ token: "new" /* y */}}} // z`,
  ],
  [
    'the last of two',
    `{gateway: {auth: {token: 'a', token: 'b',},},}`,
    `{gateway: {auth: {token: 'a', token: "new",},},}`,
  ],
  ['into an empty object', '{}\n', '{"gateway": { "auth": { "token": "new" } }}\n'],
  [
    'into an object in lines, behind its last comment',
    '{\n  gateway: {\n    mode: "local" // stays\n    // also\n  }\n}\n',
    '{\n  gateway: {\n    mode: "local", // stays\n    // also\n    "auth": {\n      "token": "new"\n    }\n  }\n}\n',
  ],
  [
    'behind a trailing comma, with tabs and CRLF',
    '{\r\n\tgateway: {\r\n\t\tauth: {\r\n\t\t\tmode: "token",\r\n\t\t},\r\n\t},\r\n}\r\n',
    '{\r\n\tgateway: {\r\n\t\tauth: {\r\n\t\t\tmode: "token",\r\n\t\t\t"token": "new",\r\n\t\t},\r\n\t},\r\n}\r\n',
  ],
  [
    'into an empty object of a file in lines',
    '{\n  "gateway": {\n    "auth": {}\n  }\n}',
    '{\n  "gateway": {\n    "auth": {\n      "token": "new"\n    }\n  }\n}',
  ],
  [
    'into an object of one line',
    '{\n  gateway: { auth: { mode: "token" } },\n}',
    '{\n  gateway: { auth: { mode: "token", "token": "new" } },\n}',
  ],
  [
    'a line comment that ends at U+2028',
    '{gateway: {auth: {// c\u2028}}}',
    '{gateway: {auth: {// c\n  "token": "new"\u2028}}}',
  ],
])('sets %s', (_name, before, after) => {
  const result = setConfigValue(before, TOKEN, 'new')
  expect(result).toBe(after)
  expect(readConfig(new TextEncoder().encode(result)).authToken).toBe('new')
})

test('a key written with escapes is found', () => {
  expect(setConfigValue("{gatew\\u0061y: {'mo\\\nde': 'x'}}", ['gateway', 'mode'], 'local')).toBe(
    '{gatew\\u0061y: {\'mo\\\nde\': "local"}}',
  )
})

test.each([
  ['{gateway: 5}', TOKEN, 'gateway in razroom.json is not an object'],
  ['{gateway: {auth: [1]}}', TOKEN, 'gateway.auth in razroom.json is not an object'],
  ['[]', TOKEN, 'razroom.json is not an object'],
  ['{', TOKEN, 'razroom.json: invalid end of input at 1:2'],
])('cannot set in %j', (text, path, detail) => {
  const error = errorOf(() => setConfigValue(text, path, 'new'))
  expect([error.code, error.detail]).toEqual(['CONFIG_INVALID', detail])
})

test('an empty path is refused', () => {
  expect(errorOf(() => setConfigValue('{}', [], 'x')).code).toBe('REQUEST_INVALID')
})

// A printer of JSON5 that puts blanks and comments wherever the grammar allows them.
const blank = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\r\n',
  '\t',
  ' /* , } " */ ',
  "// { '\n",
  '\u2028',
  '\ufeff',
  '\u00a0',
)
const key = fc.constantFrom(
  'gateway',
  'auth',
  'token',
  'mode',
  'a',
  '$x',
  'ünï',
  'with space',
  '"',
  "'",
  '\\',
  '}',
)
const scalar = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc
    .string()
    .map((text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`),
  fc.constantFrom('1', '-.5', '+Infinity', '0xFF', 'null', 'true', "'a\\\nb'", '"//"', "'/*'", '1e5'),
)
const written = fc.oneof(
  key.map((name) => JSON.stringify(name)),
  key.map((name) => `'${name.replace(/['\\]/g, '\\$&')}'`),
  key.map((name) => (/^[\p{L}$]+$/u.test(name) ? name : JSON.stringify(name))),
)
const { node } = fc.letrec<{ node: string; object: string; member: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    { weight: 2, arbitrary: scalar },
    tie('object'),
    fc.tuple(blank, tie('node'), blank).map(([a, item, b]) => `[${a}${item}${b},]`),
  ),
  member: fc
    .tuple(blank, written, blank, blank, tie('node'), blank)
    .map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`),
  object: fc
    .tuple(fc.array(tie('member'), { maxLength: 4 }), fc.boolean(), blank)
    .map(([members, comma, end]) => `{${members.join(',')}${comma && members.length > 0 ? ',' : ''}${end}}`),
}))
const documents = fc
  .tuple(blank, fc.array(fc.tuple(blank, written, blank, blank, node, blank), { maxLength: 4 }), blank, blank)
  .map(([a, members, end, z]) => {
    const inside = members.map(([b, name, c, d, value, e]) => `${b}${name}${c}:${d}${value}${e}`).join(',')
    return `${a}{${inside}${end}}${z}`
  })
const paths = fc.array(key, { minLength: 1, maxLength: 3 })

type Json = { [key: string]: unknown }
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value with the path set, or null when something on the way is no object. */
function expected(value: unknown, [first = '', ...rest]: readonly string[], token: string): Json | null {
  if (!isObject(value)) return null
  if (rest.length === 0) return { ...value, [first]: token }
  const inner = expected(Object.hasOwn(value, first) ? value[first] : {}, rest, token)
  return inner === null ? null : { ...value, [first]: inner }
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0
  for (const char of whole) if (part.startsWith(char, at)) at += char.length
  return at === part.length
}

test('5,000 documents: the value is there, everything else means the same, comments stay', () => {
  fc.assert(
    fc.property(documents, paths, fc.string(), (source, path, token) => {
      const before: unknown = JSON5.parse(source)
      const wanted = expected(before, path, token)
      if (wanted === null) {
        expect(errorOf(() => setConfigValue(source, path, token)).code).toBe('CONFIG_INVALID')
        return
      }
      const result = setConfigValue(source, path, token)
      expect(JSON5.parse(result)).toEqual(wanted)
      const holder = path
        .slice(0, -1)
        .reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), before)
      const isReplaced = isObject(holder) && Object.hasOwn(holder, path.at(-1) ?? '')
      if (!isReplaced) expect(isSubsequence(source, result)).toBe(true)
      // Setting it again changes nothing more.
      expect(setConfigValue(result, path, token)).toBe(result)
    }),
    { numRuns: 5_000 },
  )
})

test('the places the scanner finds hold the values json5 reads', () => {
  fc.assert(
    fc.property(documents, (source) => {
      const root = scanJson5(source)
      if (root.kind !== 'object') throw new Error('no object')
      const parsed = JSON5.parse<Json>(source)
      for (const [name, value] of Object.entries(parsed)) {
        const member = root.members.findLast((candidate) => candidate.key === name)
        expect(JSON5.parse(source.slice(member?.value.start, member?.value.end))).toEqual(value)
      }
      expect(new Set(root.members.map((member) => member.key))).toEqual(new Set(Object.keys(parsed)))
    }),
    { numRuns: 2_000 },
  )
})
