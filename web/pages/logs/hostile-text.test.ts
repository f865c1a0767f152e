import { describe, expect, test } from 'vitest'
import { HOSTILE_TEXTS, NEVER_SHOWN } from '../../../e2e/attacks/hostile-texts.ts'
import { parseSgr, plainText } from './sgr.ts'

/** The page does not rely on the panel for it: what it is sent raw is safe, too. */
describe.each(Object.entries(HOSTILE_TEXTS))('%s', (_name, { text }) => {
  test('cut anywhere, neither half is more than text', () => {
    for (let at = 0; at <= text.length; at += 1) {
      for (const half of [text.slice(0, at), text.slice(at)]) {
        const segments = parseSgr(half)
        expect(segments.map((segment) => segment.text).join('')).not.toMatch(NEVER_SHOWN)
        expect(segments.map((segment) => segment.text).join('')).toBe(plainText(half))
        for (const { className } of segments) expect(className).toMatch(/^(?:sgr-[a-z0-9]+ ?)*$/)
      }
    }
  })
})
