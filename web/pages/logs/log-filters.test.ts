import { expect, test } from 'vitest'
import { chipsOf } from './filter-chips.tsx'
import {
  hasMarks,
  hostFilter,
  isFiltering,
  type LineTest,
  type LogFilters,
  matchTest,
  NO_FILTERS,
  shownTest,
  toggled,
} from './log-filters.ts'
import { LogIndex } from './log-index.ts'
import { LogRing } from './log-ring.ts'
import { rowsOf } from './test-rows.ts'

const ring = new LogRing(100)
ring.append(
  rowsOf([
    { text: '[gateway] error: No way' },
    { text: '[canvas] warn: no', stream: 'stderr' },
    { text: '[canvas] info: yes' },
    { text: 'plain' },
  ]),
)
ring.appendGap('rotated')
const index = new LogIndex(ring)
index.sync(1e9)

function numbers(test: LineTest | null): number[] {
  const all = [0, 1, 2, 3, 4]
  return all.filter((number) => test?.passes(number, ring.get(number)?.text ?? '') ?? true)
}
const shown = (filters: Partial<LogFilters>) => numbers(shownTest({ ...NO_FILTERS, ...filters }, index))

test.each<[Partial<LogFilters>, number[]]>([
  [{}, [0, 1, 2, 3, 4]],
  [{ text: 'no' }, [0, 1]],
  [{ text: 'No', isCaseExact: true }, [0]],
  [{ text: 'no', isInverse: true }, [2, 3, 4]],
  [{ text: 'no', isMarkOnly: true }, [0, 1, 2, 3, 4]],
  [{ levels: ['error', 'warn'] }, [0, 1]],
  [{ levels: ['unknown'] }, [3]],
  [{ streams: ['stderr'] }, [1]],
  [{ streams: ['stdout'] }, [0, 2, 3]],
  [{ subsystems: ['canvas'] }, [1, 2]],
  [{ subsystems: ['canvas', 'gateway'], text: 'no', levels: ['error'] }, [0]],
])('%j shows lines %j', (filters, expected) => {
  expect(shown(filters)).toEqual(expected)
})

test('what is marked: the lines with the text among those shown', () => {
  const matches = (filters: Partial<LogFilters>) => numbers(matchTest({ ...NO_FILTERS, ...filters }, index))
  expect(matches({ text: 'no', isMarkOnly: true, subsystems: ['canvas'] })).toEqual([1])
  expect(matchTest(NO_FILTERS, index)).toBeNull()
  expect(hasMarks({ ...NO_FILTERS, text: 'no', isInverse: true })).toBe(false)
  expect(hasMarks({ ...NO_FILTERS, text: 'no', isInverse: true, isMarkOnly: true })).toBe(true)
})

test('tests of the same choice have the same key, of others another', () => {
  const key = (filters: Partial<LogFilters>) => shownTest({ ...NO_FILTERS, ...filters }, index)?.key
  expect(key({ levels: ['error', 'warn'] })).toBe(key({ levels: ['warn', 'error'] }))
  expect(key({ text: 'A' })).toBe(key({ text: 'a' }))
  const all: Partial<LogFilters>[] = [
    { text: 'a' },
    { text: 'a', isInverse: true },
    { text: 'a', isCaseExact: true },
    { levels: ['error'] },
    { streams: ['stderr'] },
    { subsystems: ['a'] },
    { text: 'a', subsystems: ['a'] },
  ]
  expect(new Set(all.map(key)).size).toBe(all.length)
})

test('each active filter has a chip that takes it away', () => {
  let filters: LogFilters = {
    ...NO_FILTERS,
    text: 'x',
    isInverse: true,
    isCaseExact: true,
    levels: ['error', 'warn'],
    streams: ['stderr'],
    subsystems: ['canvas'],
  }
  expect(chipsOf(filters).map(({ words }) => words)).toEqual([
    'Without “x”, exact case',
    'Error',
    'Warning',
    'Error output',
    '[canvas]',
  ])
  for (let left = chipsOf(filters); left.length > 0; left = chipsOf(filters)) {
    expect(isFiltering(filters)).toBe(true)
    filters = left[0]?.without ?? filters
    expect(chipsOf(filters)).toHaveLength(left.length - 1)
  }
  expect(isFiltering(filters)).toBe(false)
})

test('a value is put in, and taken out again', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
  expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
})

test('the host filters by what it can: not by level or subsystem, nor where all lines stay', () => {
  expect(hostFilter(NO_FILTERS)).toBeNull()
  expect(hostFilter({ ...NO_FILTERS, text: 'a', isMarkOnly: true, levels: ['error'] })).toBeNull()
  expect(hostFilter({ ...NO_FILTERS, text: 'a', isInverse: true, isCaseExact: true })).toEqual({
    text: 'a',
    ignoresCase: false,
    isInverse: true,
  })
  expect(hostFilter({ ...NO_FILTERS, text: 'a', streams: ['stderr'] })).toEqual({
    text: 'a',
    ignoresCase: true,
    isInverse: false,
    stream: 'stderr',
  })
  expect(hostFilter({ ...NO_FILTERS, streams: ['stderr', 'stdout'] })).toBeNull()
})
