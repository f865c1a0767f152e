import { expect, test } from 'vitest'
import { cutContext, HitMarker, type Matched } from './hit-text.ts'

const cut = (text: string, query: Partial<Matched>) =>
  new HitMarker({ text: 'x', kind: 'plain', ...query })
    .cut(text)
    .map((piece) => (piece.isMatch ? `[${piece.text}]` : piece.text))
    .join('')

test('each place of a text is marked, in the case that was asked for', () => {
  expect(cut('a foo and a Foo', { text: 'foo' })).toBe('a [foo] and a Foo')
  expect(cut('a foo and a Foo', { text: 'FOO', ignoresCase: true })).toBe('a [foo] and a [Foo]')
  expect(cut('aaa', { text: 'aa' })).toBe('[aa]a')
})

test('a pattern is marked where it matches first', () => {
  expect(cut('took 12 ms, then 3 ms', { text: '\\d+ ms', kind: 'regex' })).toBe('took [12 ms], then 3 ms')
  expect(cut('nothing', { text: 'x*', kind: 'regex' })).toBe('nothing')
  expect(() => new HitMarker({ text: '(', kind: 'regex' })).toThrow(SyntaxError)
})

test('lines without the text have no marks', () => {
  expect(cut('abc', { text: 'x', isInverse: true })).toBe('abc')
})

test('of a long line the part around the match is shown', () => {
  const text = `${'a'.repeat(1_000)}NEEDLE${'b'.repeat(1_000)}`
  expect(cut(text, { text: 'NEEDLE' })).toBe(`…${'a'.repeat(100)}[NEEDLE]${'b'.repeat(294)}…`)
  expect(cut('c'.repeat(500), { text: 'x' })).toBe(`${'c'.repeat(400)}…`)
  expect(cut('d'.repeat(500), { text: 'd'.repeat(450) })).toBe(`[${'d'.repeat(400)}]…`)
  expect(cutContext('e'.repeat(500))).toBe(`${'e'.repeat(400)}…`)
})

test('where small letters change the length the mark is where the text is', () => {
  expect(cut('İİİ foo', { text: 'foo', ignoresCase: true })).toBe('İİİ [foo]')
})

test('a pattern that is slow on one line is tried on no other', () => {
  const marker = new HitMarker({ text: '^(a+)+$', kind: 'regex' })
  expect(marker.cut('aaa')).toEqual([{ text: 'aaa', isMatch: true }])
  marker.cut(`${'a'.repeat(26)}b`)
  expect(marker.cut('aaa')).toEqual([{ text: 'aaa', isMatch: false }])
})
