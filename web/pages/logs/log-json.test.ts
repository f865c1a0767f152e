import { expect, test } from 'vitest'
import { jsonSegments } from './json-layout.ts'
import { findJson } from './log-json.ts'

test.each<[string, string, object]>([
  ['{"level":30}', '', { level: 30 }],
  ['[gateway] {"a":[1]} ', '[gateway] ', { a: [1] }],
  ['2026-11-23T11:40:08.850Z [api] sent {"a":"}"}', '2026-11-23T11:40:08.850Z [api] sent ', { a: '}' }],
  ['[gateway] [1,2]', '[gateway] ', [1, 2]],
])('%j is found', (text, prefix, value) => {
  expect(findJson(text)).toEqual({ prefix, value })
})

test.each(['', 'plain', '{', '{}', '[]', 'a {b}', '{a:1}', '[gateway]', '}{', `${'x'.repeat(300)}{"a":1}`])(
  '%j is no line to be folded',
  (text) => {
    expect(findJson(text)).toBeNull()
  },
)

test('laid out, it is the same text as JSON.stringify gives, with names told from texts', () => {
  const value = { a: 'x: 1', b: [true, null, -1.5e3], 'c"d': {} }
  const segments = jsonSegments({ prefix: '[p] ', value })
  expect(segments.map(({ text }) => text).join('')).toBe(`[p] ${JSON.stringify(value, null, 2)}`)
  const look = new Map(segments.map(({ text, className }) => [text, className]))
  expect([look.get('"a"'), look.get('"x: 1"'), look.get('-1500'), look.get('"c\\"d"')]).toEqual([
    'sgr-4',
    'sgr-2',
    'sgr-5',
    'sgr-4',
  ])
})

test('what is nested without end is left as it is', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  expect(findJson(nested(60))).not.toBeNull()
  expect(findJson(nested(4_000))).toBeNull()
})

test('what a line has escaped is not let loose by reading it', () => {
  const letters = ['\u202e', '\u2066', '\u2028', '\u0085', '\u009b', '\u007f', '\u200f', '\u001b']
  const escaped = letters.map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  for (const [index, letter] of letters.entries()) {
    const one = escaped[index]
    const json = findJson(`[gateway] {"a${one}":"b${one}"}`)
    const text = json
      ? jsonSegments(json)
          .map((segment) => segment.text)
          .join('')
      : ''
    expect(text).not.toContain(letter)
    expect(text).toContain(`"a${one}": "b${one}"`)
  }
})
