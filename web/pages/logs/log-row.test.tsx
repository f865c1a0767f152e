import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { explainLine } from '../../../server/domain/fatal-lines.ts'
import { LogRow } from './log-row.tsx'
import { plainText } from './sgr.ts'

afterEach(cleanup)

const PLAIN = {
  number: 0,
  timeMode: 'off',
  now: 0,
  isNewDay: false,
  block: null,
  marks: [],
  marksBehind: [],
  marker: null,
  isCurrent: false,
  isSelected: false,
  isUnfolded: false,
  onFold: () => {},
  explain: explainLine,
} as const

const row = (text: string): string => {
  const line = { kind: 'stdout', time: 0, text, isTruncated: false } as const
  return render(<LogRow line={line} {...PLAIN} plain={plainText(text)} />).container.textContent ?? ''
}
const links = () =>
  screen.queryAllByRole('link').map((link) => `${link.textContent} ${link.getAttribute('href')}`)

test('a line with which gateways end says what it means, and where that is mended', () => {
  expect(row('\x1b[31mError: ENOSPC: no space left on device\x1b[39m')).toContain('The disk is full.')
  expect(links()).toEqual(['Ask the doctor /doctor'])
  expect(screen.getByRole('link').title).toContain('Free some space')
})

test('a browser that is new is approved on the overview, and asks no doctor', () => {
  row('closed before connect code=1008 reason=pairing required')
  expect(links()).toEqual(['Approve it on the overview /'])
})

test('any other line stays as it is', () => {
  expect(row('[gateway] listening on ws://0.0.0.0:18789')).toBe('[gateway] listening on ws://0.0.0.0:18789')
  expect(links()).toEqual([])
})
