import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLogFacts } from '../../../server/domain/log-facts.ts'
import { LEVELS, LogIndex, OTHER_SUBSYSTEMS } from './log-index.ts'
import { prependPage } from './log-pieces.ts'
import { LogRing } from './log-ring.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

const TIME = '2026-01-01T00:00:00Z'
const FOREVER_MS = 1e9
type Line = { text: string; stream: 'stdout' | 'stderr' }

const line = fc.record({
  text: fc.constantFrom(
    '\x1b[36m[gateway]\x1b[39m \x1b[31mno\x1b[39m',
    '\x1b[36m[gateway]\x1b[39m \x1b[36myes\x1b[39m',
    '[canvas] warn: x',
    '{"level":50,"name":"api"}',
    'plain',
  ),
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
})
const action = fc.oneof(
  fc.record({ do: fc.constant('append' as const), lines: fc.array(line, { maxLength: 12 }) }),
  fc.record({ do: fc.constant('prepend' as const), lines: fc.array(line, { maxLength: 6 }) }),
  fc.record({ do: fc.constant('gap' as const) }),
  fc.record({ do: fc.constant('clear' as const) }),
  fc.record({ do: fc.constant('sync' as const) }),
)

/** What the index must say, counted the plain way. */
function expected(ring: LogRing): unknown {
  const levels: Record<string, number> = Object.fromEntries(LEVELS.map((level) => [level, 0]))
  const streams = { stdout: 0, stderr: 0 }
  const parts = new Map<string, number>()
  for (let number = ring.first; number < ring.end; number += 1) {
    const held = ring.get(number)
    if (!held || held.kind === 'gap') continue
    const { level, subsystem } = readLogFacts(held.text)
    levels[level] = (levels[level] ?? 0) + 1
    streams[held.kind] += 1
    if (subsystem !== '') parts.set(subsystem, (parts.get(subsystem) ?? 0) + 1)
  }
  return { levels, streams, parts: Object.fromEntries(parts) }
}

function actual(index: LogIndex): unknown {
  return {
    levels: Object.fromEntries(LEVELS.map((level) => [level, index.levelCount(level)])),
    streams: { stdout: index.streamCount('stdout'), stderr: index.streamCount('stderr') },
    parts: Object.fromEntries(index.subsystems().map(({ name, count }) => [name, count])),
  }
}

test('whatever happens to the ring, the counts are those of the lines held', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), fc.integer({ min: 1, max: 25 }), (actions, capacity) => {
      const ring = new LogRing(capacity)
      const index = new LogIndex(ring)
      for (const step of actions) {
        if (step.do === 'append' && step.lines.length > 0) ring.append(rowsOf(step.lines.map(at)))
        else if (step.do === 'prepend')
          prependPage(ring, { lines: step.lines.map((one) => ({ ...at(one), cursor: cursorOf(0) })) })
        else if (step.do === 'gap') ring.appendGap('rotated')
        else if (step.do === 'clear') ring.clear()
        else if (step.do === 'sync') index.sync(-1)
      }
      expect(index.sync(FOREVER_MS)).toBe(true)
      expect(actual(index)).toEqual(expected(ring))
      for (let number = ring.first; number < ring.end; number += 1) {
        const held = ring.get(number)
        const isLine = held?.kind !== 'gap'
        expect(index.levelAt(number)).toBe(isLine ? readLogFacts(held?.text ?? '').level : undefined)
        expect(index.streamAt(number)).toBe(isLine ? held?.kind : undefined)
        expect(index.timeAt(number)).toBe(isLine ? Date.parse(TIME) : Number.NaN)
      }
    }),
    { numRuns: 300 },
  )
})

function at({ text, stream }: Line) {
  return { text, stream, time: TIME }
}

function indexed(lines: readonly Line[]): LogIndex {
  const ring = new LogRing(1_000)
  const index = new LogIndex(ring)
  ring.append(rowsOf(lines.map(at)))
  index.sync(FOREVER_MS)
  return index
}
const out = (text: string): Line => ({ text, stream: 'stdout' })
const err = (text: string): Line => ({ text, stream: 'stderr' })

test('a stack has the level and the subsystem of its error', () => {
  const index = indexed([
    out('[canvas] error: x'),
    out('    at a (b.js:1:1)'),
    err('    at c (d.js:1:1)'),
    out('e'),
  ])
  expect([0, 1, 2, 3].map((number) => index.levelAt(number))).toEqual([
    'error',
    'error',
    'unknown',
    'unknown',
  ])
  expect([0, 1, 2, 3].map((number) => index.isStackAt(number))).toEqual([false, true, false, false])
  expect(index.subsystemAt(1)).toBe('canvas')
})

test('names without end become one', () => {
  const index = indexed(Array.from({ length: 500 }, (_, number) => out(`[part${number}] x`)))
  expect(index.subsystems()).toHaveLength(201)
  expect(index.subsystems()[0]).toEqual({ name: OTHER_SUBSYSTEMS, count: 300 })
  expect(index.subsystemAt(499)).toBe(OTHER_SUBSYSTEMS)
})

test('a reading stops when its time is over, and goes on where it was', () => {
  const ring = new LogRing(2_000)
  const index = new LogIndex(ring)
  ring.append(rowsOf(Array.from({ length: 1_000 }, () => out('x')).map(at)))
  expect(index.sync(-1)).toBe(false)
  expect(index.to).toBe(0)
  expect(index.sync(FOREVER_MS)).toBe(true)
  expect(index.levelCount('unknown')).toBe(1_000)
})

test('lines that come in front of an emptied ring are not taken for those that were there', () => {
  const ring = new LogRing(10)
  const index = new LogIndex(ring)
  ring.append(rowsOf([at(out('[a] error: x'))]))
  index.sync(FOREVER_MS)
  ring.clear()
  prependPage(ring, { lines: [{ ...at(out('[b] warn: y')), cursor: cursorOf(0) }] })
  index.sync(FOREVER_MS)
  expect([index.levelCount('error'), index.levelCount('warn')]).toEqual([0, 1])
})

test('the properties of an error below its stack have its level, and nothing else like them', () => {
  const ring = new LogRing(20)
  const index = new LogIndex(ring)
  const texts = [
    '[a] error: no',
    '    at run (a.js:1:1) {',
    "  code: 'E',",
    '  errno: -2',
    '}',
    '}',
    'x',
    '  code: 1',
  ]
  ring.append(rowsOf(texts.map((text) => ({ text }))))
  index.sync(FOREVER_MS)
  expect(texts.map((_, number) => index.levelAt(number))).toEqual([
    ...Array.from({ length: 6 }, () => 'error'),
    'unknown',
    'unknown',
  ])
})
