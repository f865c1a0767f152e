import { expect, test } from 'vitest'
import { writeHeldLines } from './held-lines.ts'
import { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'
import { cursorOf, rowsOf } from './test-rows.ts'

function held(filter: string): { view: LogView; ring: LogRing } {
  const ring = new LogRing()
  ring.append(rowsOf([{ text: 'one \x1b[31mred\x1b[0m' }, { text: 'two', stream: 'stderr' }]))
  ring.appendGap('rotated')
  ring.append(rowsOf([{ text: 'three red', cursor: cursorOf(9), truncated: true }]))
  const view = new LogView(ring)
  view.configure({ filter, columns: null })
  view.sync(1_000)
  return { view, ring }
}

test('as text: without colours, with times and gaps', async () => {
  const { view, ring } = held('')
  expect((await writeHeldLines(view, ring, 'text')).split('\n')).toEqual([
    '2026-01-01T00:00:00.000Z one red',
    '2026-01-01T00:00:00.000Z two',
    '-- Lines are missing here: rotated',
    '2026-01-01T00:00:00.000Z three red',
    '',
  ])
})

test('as documents: only what passes the filter', async () => {
  const { view, ring } = held('red')
  const lines = (await writeHeldLines(view, ring, 'jsonl')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: '2026-01-01T00:00:00.000Z', stream: 'stdout', text: 'one red' },
    { time: '2026-01-01T00:00:00.000Z', stream: 'stdout', text: 'three red', truncated: true },
  ])
})
