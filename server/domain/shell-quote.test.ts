import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellQuote } from './shell-quote.ts'

const WORDS = [
  '',
  '~',
  '=x',
  '-n',
  '$(id)',
  '`id`',
  "it's",
  '"',
  '\\',
  'a b',
  'a\nb',
  '\r',
  '!!',
  '*',
  '{a,b}',
  '\x1b',
  '#',
]

test.each(['/bin/bash', '/bin/sh'])('%s reads every word back as it was', (shell) => {
  const generated = fc.sample(fc.string({ unit: 'binary' }), 1_000)
  const words = [...WORDS, ...generated.filter((word) => !word.includes('\0') && word.isWellFormed())]
  const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`
  const read = execFileSync(shell, ['-s'], { input: script, encoding: 'utf8' }).split('\0').slice(0, -1)
  expect(read).toEqual(words)
})

test('plain words stay plain', () => {
  expect(['/home/razroom', '--name=a', 'a:b@c%'].map(shellQuote)).toEqual([
    '/home/razroom',
    '--name=a',
    'a:b@c%',
  ])
})

test('a NUL is refused', () => {
  expect(() => shellQuote('a\0b')).toThrow(TypeError)
})
