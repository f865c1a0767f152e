import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capLine, parseK8sLine, sanitizeLogText } from './log-line.ts'

const TIME = '2026-11-23T11:40:08.850123456+01:00'

test.each([
  [`${TIME} stdout F hello`, { time: TIME, stream: 'stdout', partial: false, text: 'hello' }],
  [`${TIME} stderr P half`, { time: TIME, stream: 'stderr', partial: true, text: 'half' }],
  [`${TIME} stdout F `, { time: TIME, stream: 'stdout', partial: false, text: '' }],
  [`${TIME} stdout F`, { time: TIME, stream: 'stdout', partial: false, text: '' }],
  [`${TIME} stdout F  two `, { time: TIME, stream: 'stdout', partial: false, text: ' two ' }],
  [
    '2026-11-23T11:40:08Z stdout F x',
    { time: '2026-11-23T11:40:08Z', stream: 'stdout', partial: false, text: 'x' },
  ],
])('the row %j', (line, wanted) => {
  expect(parseK8sLine(line)).toEqual(wanted)
})

test.each([
  '',
  'hello',
  'no time at all but a line stdout F x',
  `${TIME} stdin F x`,
  `${TIME} stdout X x`,
  `${TIME} stdout Fx`,
  `${TIME}  stdout F x`,
  `${TIME} stdout`,
])('no row: %j', (line) => {
  expect(parseK8sLine(line)).toBeNull()
})

test('a row whose text looks like a row keeps it as text', () => {
  const text = `${TIME} stderr F inner`
  expect(parseK8sLine(`${TIME} stdout F ${text}`)?.text).toBe(text)
})

test.each([
  ['plain text with a\ttab', 'plain text with a\ttab'],
  ['é 漢 👩‍🚀', 'é 漢 👩‍🚀'],
  ['\x1b[90mtime\x1b[39m', '\x1b[90mtime\x1b[39m'],
  ['\x1b[mx\x1b[0m', '\x1b[0mx\x1b[0m'],
  ['\x1b[1;31;48;5;200mx', '\x1b[1;31;48;5;200mx'],
  ['\x1b[38;2;1;2;3mx', '\x1b[38;2;1;2;3mx'],
  ['\x1b[8mhidden\x1b[5;31mx', 'hidden\x1b[31mx'],
  ['\x1b[38;5;256mx', 'x'],
  ['\x1b[38;7mx', 'x'],
  ['\x1b[31;38mx', '\x1b[31mx'],
  ['\x1b[38:2::1:2:3mx', 'x'],
  ['\x1b[>4;2mx\x1b[?25lx\x1b[2Jx\x1b[1;1Hx', 'xxxx'],
  ['\x1b[!px\x1b[1 qx', 'xx'],
  ['a\rb\bc\x07d\x7fe\0f', 'abcdef'],
  ['\x1b]0;title\x07x', 'x'],
  ['\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\', 'link'],
  ['\x1b]52;c;ZXZpbA==\x9cx', 'x'],
  ['\x1bP1$r0m\x1b\\x\x1b^p\x1b\\y\x1b_a\x1b\\z\x1bXs\x1b\\', 'xyz'],
  ['\x9b31mx\x9d0;title\x07y\x90q\x9cz', '\x1b[31mxyz'],
  ['a\x1b]0;never ends', 'a0;never ends'],
  ['a\x1b]0;broken\x1b[31mred', 'a\x1b[31mred'],
  ['a\x1b[31', 'a'],
  ['a\x1b[3\n1mb', 'a1mb'],
  ['a\x1b', 'a'],
  ['\x1b(Bx\x1b#8y\x1bcz\x1b7', 'xyz'],
  ['a\u202eb\u2066c\u200fd\u061ce\u2028f', 'abcdef'],
])('%j is shown as %j', (text, shown) => {
  expect(sanitizeLogText(text)).toBe(shown)
})

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x9b',
        '\x9d',
        '\x07',
        '\x1b\\',
        '\x9c',
        'm',
        ';',
        '31',
        '38;5;',
        '\u202e',
        '\r',
        '\n',
        '\0',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))
const SAFE =
  /^(?:\x1b\[[0-9;]+m|[^\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069])*$/

test('whatever comes in, only text and colours come out, and a second pass finds nothing', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = sanitizeLogText(text)
      expect(shown).toMatch(SAFE)
      expect(sanitizeLogText(shown)).toBe(shown)
    }),
    { numRuns: 5_000 },
  )
})

test('split anywhere, no half is dangerous', () => {
  const payload = 'a\x1b]52;c;ZXZpbA==\x07b\x1b[31mc\x1b]8;;http://x\x1b\\d\x9b2Je\x1bP+q\x1b\\f\u202eg'
  for (let at = 0; at <= payload.length; at += 1) {
    expect(sanitizeLogText(payload.slice(0, at))).toMatch(SAFE)
    expect(sanitizeLogText(payload.slice(at))).toMatch(SAFE)
  }
})

test('no line makes it slow: 1 MiB of endless control strings, and 300,000 lines of a gateway', () => {
  const begun = process.cpuUsage()
  for (const bad of ['\x1b]', '\x1b[', '\x1b[1;', '\x9d\x1bP', '\x1b(', '\u202e']) {
    sanitizeLogText(bad.repeat(1_048_576 / bad.length))
  }
  const line = `${TIME} stdout F \x1b[90m2026-11-23T11:40:08.850Z\x1b[39m \x1b[36m[gateway]\x1b[39m \x1b[36m${'x'.repeat(60)}\x1b[39m`
  let length = 0
  for (let count = 0; count < 300_000; count += 1) {
    length += capLine(sanitizeLogText(parseK8sLine(line)?.text ?? ''), 8_192).text.length
  }
  expect(length).toBe(300_000 * (line.length - TIME.length - 10))
  // About 0.6 s on two slow cores; quadratic would be minutes.
  expect(process.cpuUsage(begun).user).toBeLessThan(8_000_000)
})

test.each([
  ['abc', 3, 'abc', false],
  ['abc', 2, 'ab', true],
  ['aé', 2, 'a', true],
  ['aé', 3, 'aé', false],
  ['a👍', 4, 'a', true],
  ['a👍', 5, 'a👍', false],
  ['ab\x1b[31mcd', 4, 'ab', true],
  ['ab\x1b[31mcd', 7, 'ab\x1b[31m', true],
  ['ab\x1b[31mcd', 8, 'ab\x1b[31mc', true],
  ['ab\x1b[31mcd', 9, 'ab\x1b[31mcd', false],
  ['abc', 0, '', true],
  ['', 0, '', false],
])('%j in %i bytes', (text, maxBytes, shown, truncated) => {
  expect(capLine(text, maxBytes)).toEqual({ text: shown, truncated })
})

test('a capped line is a beginning of the line that fits, and as long as can be', () => {
  const size = (text: string) => new TextEncoder().encode(text).length
  const lines = hostile.filter((text) => text.isWellFormed()).map(sanitizeLogText)
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 60 }), (text, maxBytes) => {
      const capped = capLine(text, maxBytes)
      expect(text.startsWith(capped.text)).toBe(true)
      expect(size(capped.text)).toBeLessThanOrEqual(maxBytes)
      expect(capped.truncated).toBe(capped.text !== text)
      expect(capped.truncated).toBe(size(text) > maxBytes)
      expect(capped.text).toMatch(SAFE)
    }),
    { numRuns: 3_000 },
  )
})
