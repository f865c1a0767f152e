import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { type IdRange, planIdRanges } from './subids.ts'

const range = (owner: string, start: number, count = 65_536): IdRange => ({ owner, start, count })
const MAX = 600_100_000

test.each([
  ['nobody has any', [], [], 100_000, 100_000],
  ['one before', [range('a', 100_000)], [range('a', 100_000)], 165_536, 165_536],
  ['a gap that fits', [range('a', 165_536)], [], 100_000, 100_000],
  ['a gap that is too small', [range('a', 165_535)], [], 231_071, 231_071],
  ['the files differ', [range('a', 100_000)], [range('b', 165_536)], 231_072, 231_072],
  ['both are there', [range('razroom', 300_000)], [range('razroom', 300_000)], null, null],
  [
    'two that make one',
    [range('razroom', 300_000, 40_000), range('razroom', 400_000, 40_000)],
    [range('razroom', 1)],
    null,
    null,
  ],
  ['only subuid, free in subgid', [range('razroom', 300_000)], [], null, 300_000],
  ['only subgid, free in subuid', [], [range('razroom', 300_000)], 300_000, null],
  ['only subuid, taken in subgid', [range('razroom', 300_000)], [range('a', 300_001)], null, 100_000],
  ['too few', [range('razroom', 100_000, 1000)], [range('razroom', 100_000, 1000)], 101_000, 101_000],
  ['an empty range', [range('a', 100_001, 0)], [], 100_000, 100_000],
])('%s', (_name, subuid, subgid, uidStart, gidStart) => {
  const plan = planIdRanges('razroom', subuid, subgid)
  expect(plan.subuid).toEqual(uidStart === null ? null : range('razroom', uidStart))
  expect(plan.subgid).toEqual(gidStart === null ? null : range('razroom', gidStart))
})

test('a range may be written down under the uid', () => {
  const ranges = [range('995', 200_000)]
  expect(planIdRanges({ name: 'razroom', uid: 995 }, ranges, ranges)).toEqual({ subuid: null, subgid: null })
})

test('no common place: each file gets its own', () => {
  const plan = planIdRanges(
    'razroom',
    [range('a', 165_536, MAX)],
    [range('a', 100_000, 65_536), range('b', 231_072, MAX)],
  )
  expect([plan.subuid?.start, plan.subgid?.start]).toEqual([100_000, 165_536])
})

test('exhausted: says where', () => {
  expect.assertions(2)
  try {
    planIdRanges('razroom', [], [range('a', 0, MAX)])
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    expect(error.code).toBe('SUBID_EXHAUSTED')
    expect(error.detail).toContain('/etc/subgid')
  }
})

test('what is planned overlaps nothing, and lies within the limits', () => {
  const ranges = fc.array(
    fc.record({
      owner: fc.constantFrom('a', 'razroom'),
      start: fc.oneof(fc.integer({ min: 0, max: 700_000 }), fc.integer({ min: 0, max: MAX })),
      count: fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: MAX })),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(ranges, ranges, (subuid, subgid) => {
      let plan: ReturnType<typeof planIdRanges>
      try {
        plan = planIdRanges('razroom', subuid, subgid)
      } catch (error) {
        if (error instanceof PanelError && error.code === 'SUBID_EXHAUSTED') return
        throw error
      }
      for (const [planned, taken] of [
        [plan.subuid, subuid],
        [plan.subgid, subgid],
      ] as const) {
        if (planned === null) {
          const own = taken.filter((one) => one.owner === 'razroom')
          expect(own.reduce((sum, one) => sum + one.count, 0)).toBeGreaterThanOrEqual(65_536)
          continue
        }
        expect(planned.start).toBeGreaterThanOrEqual(100_000)
        expect(planned.start + planned.count - 1).toBeLessThanOrEqual(MAX)
        for (const one of taken.filter((candidate) => candidate.count > 0)) {
          expect(one.start + one.count <= planned.start || one.start >= planned.start + planned.count).toBe(
            true,
          )
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
