import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWords } from './test-unit-parser.ts'
import { readSeal, sealUnit, unitPlain, unitProse, unitWord, unitWords } from './unit-text.ts'

test.each([
  ['plain', 'plain'],
  ['--publish=[::1]:1:2', '--publish=[::1]:1:2'],
  ['', '""'],
  ['a b', '"a b"'],
  ["it's", '"it\'s"'],
  ['50%', '"50%%"'],
  ['$HOME and $$', '"$$HOME and $$$$"'],
  ['"q"', '"\\"q\\""'],
  ['a\\b', '"a\\\\b"'],
  ['-a;', '"-a;"'],
])('%j is written %s', (text, written) => {
  expect(unitWord(text)).toBe(written)
})

test.each(['a\nb', 'a\rb', '\0', '\t', '\x1b[1m', '\u0085', 'a\\', ';', '\ud800'])(
  '%j is refused',
  (text) => {
    expect(() => unitWord(text)).toThrow(/systemd unit/)
    if (text !== ';') expect(() => unitProse(text)).toThrow(/systemd unit/)
  },
)

test('prose keeps its words, a plain value has to be one', () => {
  expect(unitProse('100 % of "it"')).toBe('100 %% of "it"')
  expect(unitPlain('localhost/razroom:bundled')).toBe('localhost/razroom:bundled')
  expect(() => unitPlain('a b')).toThrow(/systemd unit/)
  expect(() => unitPlain('%h')).toThrow(/systemd unit/)
})

test('whatever is not refused is read back, and stays one line', () => {
  const nasty = fc.string({ unit: fc.constantFrom(...'a/ %$"\'\\;#=[]{}~é\u00a0\n\t'), maxLength: 12 })
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 4 }), (words) => {
      const isRefused = (word: string) => /[\n\t]|\\$/.test(word) || word === ';'
      if (words.some(isRefused)) expect(() => unitWords(words)).toThrow(TypeError)
      else {
        expect(unitWords(words)).not.toContain('\n')
        expect(parseWords(unitWords(words))).toEqual(words)
      }
    }),
  )
})

const body = '[Unit]\nDescription=a\n'

test('the seal, to the last byte', () => {
  expect(sealUnit(body)).toBe(
    `# Written by razroom-panel; a change by hand is kept, and the panel asks before it replaces it.
# Checksum: 989dd3889615c2b4ab2a94685e26db33b13ae37fea943ab77574a591ce98b42d
${body}`,
  )
})

test.each([
  ['as written', sealUnit(body), 'ours'],
  ['by a version with other words', sealUnit(body).replace(/;.*/, '; other words.'), 'ours'],
  ['a changed value', sealUnit(body).replace('=a', '=b'), 'edited'],
  ['a line at the end', `${sealUnit(body)}# mine\n`, 'edited'],
  ['the newline at the end is gone', sealUnit(body).trimEnd(), 'edited'],
  ['a line at the top', `# mine\n${sealUnit(body)}`, 'edited'],
  ['no checksum', sealUnit(body).replace(/# Checksum.*\n/, ''), 'edited'],
  ['other line ends', sealUnit(body).replaceAll('\n', '\r\n'), 'edited'],
  ['made by somebody else', body, 'foreign'],
  ['empty', '', 'foreign'],
] as const)('%s', (_name, text, seal) => {
  expect(readSeal(text)).toBe(seal)
})
