import { open, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPrefix } from './k8s-row.ts'
import { findLineStart } from './log-seek.ts'
import { hostileRow } from './test-k8s-rows.ts'
import { type LogPlace, useLogPlace } from './test-log-files.ts'

let place: LogPlace
useLogPlace((made) => {
  place = made
})

/** The same, row by row from the beginning. */
function startOfLast(bytes: Buffer, count: number): { offset: number; lines: number } {
  /** Where each line begins: behind the last row of the line before it. */
  const starts: number[] = []
  let start = 0
  for (let from = 0, lf = bytes.indexOf(10); lf !== -1; from = lf + 1, lf = bytes.indexOf(10, from)) {
    if (readPrefix(bytes, from, lf + 1)?.isPartial === true) continue
    starts.push(start)
    start = lf + 1
  }
  const lines = Math.min(count, starts.length)
  if (count === 0) return { offset: bytes.lastIndexOf(10) + 1, lines }
  return { offset: count < starts.length ? (starts.at(-count) ?? 0) : 0, lines }
}

test('the last lines begin where they do when each row is looked at, over borders of blocks too', async () => {
  const row = '2026-11-23T11:40:08.850000000+00:00 stdout F '
  const filler = fc.integer({ min: 0, max: 30_000 }).map((length) => `${row}${'x'.repeat(length)}`)
  const short = fc.integer({ min: 1, max: 4_000 }).map((length) => 'y\n'.repeat(length).trimEnd())
  const part = hostileRow.map((text) => text.replace(' F ', ' P '))
  const rows = fc.array(fc.oneof(hostileRow, part, filler, short), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 0, max: 60 }), fc.boolean(), async (texts, count, isOpen) => {
      const bytes = Buffer.from(`${texts.join('\n')}\n${isOpen ? 'unfinished' : ''}`)
      await writeFile(place.path, bytes)
      const file = await open(place.path)
      try {
        expect(await findLineStart(file, bytes.length, count)).toEqual(startOfLast(bytes, count))
      } finally {
        await file.close()
      }
    }),
    { numRuns: 150 },
  )
})
