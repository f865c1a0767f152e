import { expect, test } from 'vitest'
import { parseSgr, withoutColours } from './sgr.ts'

const classes = (text: string) => parseSgr(text).map(({ text: run, className }) => [run, className])

test('a line of the gateway', () => {
  const line = '\x1b[90m2026-11-23T11:40:08.850Z\x1b[39m \x1b[36m[gateway]\x1b[39m \x1b[33mslow\x1b[39m'
  expect(classes(line)).toEqual([
    ['2026-11-23T11:40:08.850Z', 'sgr-8'],
    [' ', ''],
    ['[gateway]', 'sgr-6'],
    [' ', ''],
    ['slow', 'sgr-3'],
  ])
  expect(withoutColours(line)).toBe('2026-11-23T11:40:08.850Z [gateway] slow')
})

test('bold and dim come and go on their own', () => {
  expect(classes('\x1b[1;31ma\x1b[22mb\x1b[2mc\x1b[mD')).toEqual([
    ['a', 'sgr-1 sgr-bold'],
    ['b', 'sgr-1'],
    ['c', 'sgr-1 sgr-dim'],
    ['D', ''],
  ])
})

test.each([
  ['38;5;9', 'sgr-9'],
  ['38;5;196', 'sgr-9'],
  ['38;5;22', 'sgr-2'],
  ['38;5;240', 'sgr-8'],
  ['38;5;255', 'sgr-15'],
  ['38;2;255;160;0', 'sgr-11'],
  ['38;2;0;0;150', 'sgr-4'],
  ['38:2:0:200:200', 'sgr-6'],
  ['38;2;255;0;255', 'sgr-13'],
  ['38;5;999', ''],
  ['48;5;196', ''],
  ['48;2;1;2;3;1', 'sgr-bold'],
  ['38', ''],
])('the colour of %j is %j', (code, className) => {
  expect(classes(`\x1b[${code}mx`)).toEqual([['x', className]])
})

test.each([
  ['title', '\x1b]0;evil\x07x', 'x'],
  ['link', '\x1b]8;;https://e.example\x1b\\x\x1b]8;;\x1b\\', 'x'],
  ['clipboard, unfinished', 'x\x1b]52;c;AAAA', 'x'],
  ['device control', '\x1bPq#0\x1b\\x', 'x'],
  ['cursor and erasing', '\x1b[2J\x1b[1;1Hx\x1b[K', 'x'],
  ['private mode', '\x1b[?25lx', 'x'],
  ['charset', '\x1b(0x', 'x'],
  ['lone escape at the end', 'x\x1b', 'x'],
  ['unfinished sequence at the end', 'x\x1b[3', 'x3'],
  ['bell, backspace, NUL, C1', 'a\x07\x08\x00\x9b31mx', 'a31mx'],
  ['text turned around', 'a\u202eb\u2066c\u200f', 'abc'],
])('%s does not come through', (_name, text, expected) => {
  const joined = parseSgr(text)
    .map((segment) => segment.text)
    .join('')
  expect(joined).toBe(expected)
  expect(joined).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
})

test('markup is text', () => {
  expect(parseSgr('<img src=x onerror=alert(1)>')).toEqual([
    { text: '<img src=x onerror=alert(1)>', className: '' },
  ])
})

test('a sanitised text loses its colours, and nothing else', () => {
  expect(withoutColours('\x1b[36m[gate\x1b[39mway]\x1b[38;5;12m \x1b[0m[0m')).toBe('[gateway] [0m')
  expect(withoutColours('plain')).toBe('plain')
})
