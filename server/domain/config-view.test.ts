import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it } from 'vitest'
import { maskConfigText } from './config-view.ts'
import { MASK } from './mask.ts'

const TEXT = `{
  // the page
  gateway: {
    mode: "local", // never remote
    auth: { mode: 'token', token: "abc" }, // was "def"
    port: 18789,
  },
  /* botToken:
     12345:abc */
  channels: { telegram: { enabled: true, botToken: 'x\\
y', allowFrom: [ "+491701234567" ] } },
  models: { "anthropic/claude-opus-4-5-20250929": { maxTokens: 4096, url: "https://u:p@h/" } },
  hooks: { password: '', apiKeys: [ "a", { b: [ 7, null ] } ], note: "my token=hunter2" },
}
`

describe('maskConfigText', () => {
  it('shows everything but secrets, line for line', () => {
    expect(maskConfigText(TEXT).split('\n')).toEqual([
      '{',
      '  // the page',
      '  gateway: {',
      '    mode: "local", // never remote',
      `    auth: { mode: 'token', token: "${MASK}" }, // ${MASK}`,
      '    port: 18789,',
      '  },',
      `  /* ${MASK}`,
      `     ${MASK} */`,
      `  channels: { telegram: { enabled: true, botToken: '${MASK}`,
      `${MASK}', allowFrom: [ "+491701234567" ] } },`,
      `  models: { "anthropic/claude-opus-4-5-20250929": { maxTokens: 4096, url: "${MASK}" } },`,
      `  hooks: { password: '', apiKeys: [ "${MASK}", { b: [ ${MASK}, null ] } ], note: "${MASK}" },`,
      '}',
      '',
    ])
  })

  it.each([
    ['{ "a": "sk-12345678" }', `{ "a": "${MASK}" }`],
    ['{ "a": "\\u0073k-12345678" }', `{ "a": "${MASK}" }`],
    ['{ "\\u0074oken": "abc" }', `{ "\\u0074oken": "${MASK}" }`],
    ['{ a: "0123456789abcdef0123" }', `{ a: "${MASK}" }`],
    ['{ "sk-12345678": 1 }', `{ "${MASK}": 1 }`],
    ['{ credentials: { a: { b: "c" } } }', `{ credentials: { a: { b: "${MASK}" } } }`],
    ['{ signingKey: 5, pass: "x" }', `{ signingKey: ${MASK}, pass: "${MASK}" }`],
    ['// token:\n// hunter2\n{}', `// ${MASK}\n// ${MASK}\n{}`],
    ['"sk-12345678"', `"${MASK}"`],
    ['', ''],
  ])('masks %j', (text, masked) => {
    expect(maskConfigText(text)).toBe(masked)
  })

  it('keeps of a broken text what shows where it is broken', () => {
    const broken = '{\n  gateway: { mode: "local" port: 1 },\n  "auth": { token: "x" },\n  a: "b\n}'
    expect(maskConfigText(broken).split('\n')).toEqual([
      '{',
      `  gateway: { mode: ${MASK} ${MASK}: ${MASK} },`,
      `  "auth": ${MASK}`,
      `  a: ${MASK}`,
      '}',
    ])
  })

  it('takes what follows the end, or lies too deep, for broken', () => {
    expect(maskConfigText('{} token: "hunter2"')).not.toContain('hunter2')
    const deep = `${'['.repeat(100_000)}"hunter2"${']'.repeat(100_000)}`
    expect(maskConfigText(deep)).not.toContain('hunter2')
  })
})

// Not like a credential by itself: only its place tells that it is one.
const canary = fc.stringMatching(/^[a-z]{3}-canary-[a-z]{3}$/)
const secretKey = fc.constantFrom(
  'token',
  'apiKey',
  'botToken',
  'password',
  'auth',
  'credentials',
  'client_secret',
)
const plain = fc.oneof(
  fc.constantFrom('local', 'x', '', "it's", 'a "b"'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    plain,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'mode', 'my key', 'list'), tie('node'), { maxKeys: 3 }),
  ),
})).node

/** The secret at a secret's place, somewhere in arrays and objects. */
const withSecret = fc
  .tuple(canary, secretKey, tree, fc.array(fc.constantFrom('a', '[]', 'b c'), { maxLength: 3 }), fc.boolean())
  .map(([secret, key, other, path, isDeep]) => {
    const value = isDeep ? { inner: [other, { more: secret }] } : secret
    const found = path.reduceRight<unknown>(
      (below, step) => (step === '[]' ? [other, below] : { [step]: below, other }),
      { before: other, [key]: value, after: other },
    )
    return { secret, value: found }
  })

describe('a secret at the place of a secret', () => {
  it('never shows, and the lines stay: 2,000 documents in JSON and JSON5', () => {
    fc.assert(
      fc.property(
        withSecret,
        fc.constantFrom(undefined, 2),
        fc.boolean(),
        ({ secret, value }, space, isJson5) => {
          const text = isJson5 ? JSON5.stringify(value, null, space) : JSON.stringify(value, null, space)
          const masked = maskConfigText(text)
          expect(masked).not.toContain(secret)
          expect(masked.split('\n')).toHaveLength(text.split('\n').length)
          // What is shown can be read, and has the same shape.
          expect(typeof JSON5.parse(masked.replaceAll(MASK, '0'))).toBe('object')
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('never shows in a comment that names it, nor in a text that was cut or lost a character', () => {
    const cut = fc.tuple(withSecret, fc.nat(), fc.nat(3), fc.constantFrom(undefined, 2))
    fc.assert(
      fc.property(cut, ([{ secret, value }, at, length, space]) => {
        const text = JSON.stringify(value, null, space)
        const comment = `// ${JSON.stringify({ token: secret })}\n/* password = ${secret} */\n${text}`
        expect(maskConfigText(comment)).not.toContain(secret)
        const place = at % text.length
        const broken = text.slice(0, place) + text.slice(place + length + 1)
        // The name of the secret has to be whole: nobody can know one by half of it.
        if (isWhole(text, broken)) expect(maskConfigText(broken)).not.toContain(secret)
        expect(maskConfigText(text.slice(0, place))).not.toContain(secret)
      }),
      { numRuns: 2_000 },
    )
  })

  const isWhole = (text: string, broken: string) =>
    (text.match(/"(token|apiKey|botToken|password|auth|credentials|client_secret)"/g) ?? []).length ===
    (broken.match(/"(token|apiKey|botToken|password|auth|credentials|client_secret)"/g) ?? []).length
})
