import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRow, rowAt } from '../../../contract/log-rows.ts'
import { mayHaveParts, readPrefix } from './k8s-row.ts'
import { hostileRow } from './test-k8s-rows.ts'

const TIME = '2026-11-23T11:40:08.850000000+00:00'

/** What anybody may put before a text, and whether it makes a row. */
const HEADS: Readonly<Record<string, boolean>> = {
  [`${TIME} stdout F `]: true,
  [`${TIME} stderr F `]: true,
  [`${TIME} stdout F:more:tags `]: true,
  '2026-11-23T11:40:08Z stdout F ': true,
  '0000-01-01T00:00:00.000000000Z stdout F ': true,
  '9999-12-31T23:59:59.999999999-23:59 stdout F ': true,
  [`${TIME} stdout Fx `]: false,
  [`${TIME} stdout FF `]: false,
  [`${TIME} stdout X `]: false,
  [`${TIME} stdlog F `]: false,
  [`${TIME}  stdout F `]: false,
  [`${'9'.repeat(41)} stdout F `]: false,
  ' stdout F ': false,
  '\x1b[2J stdout F ': false,
  '\x1b]0;title\x07 stdout F ': false,
  '<img/src=x> stdout F ': false,
  '1\x9b2J stdout F ': false,
  'T stdout F ': false,
}

describe('a row of the log', () => {
  it('is one to who reads the file and to who shows it, or to neither', () => {
    for (const [head, isRow] of Object.entries(HEADS)) {
      const bytes = Buffer.from(`${head}text\n`)
      const prefix = readPrefix(bytes, 0, bytes.length - 1)
      const shown = parseRow(bytes, 0, bytes.length - 1)
      expect([prefix !== null, shown.time !== ''], head).toEqual([isRow, isRow])
      expect(shown.text, head).toBe(isRow ? 'text' : `${head}text`)
    }
  })

  it('takes nothing of its neighbours, wherever its own letters are cut off', () => {
    const row = `${TIME} stdout F:tag text`
    for (let length = 0; length <= row.length; length += 1) {
      const cut = row.slice(0, length)
      const bytes = Buffer.from(`before\n${cut}\nbehind stdout F it\n`)
      const [from, to] = ['before\n'.length, 'before\n'.length + length]
      expect(['', 't', 'te', 'tex', 'text', cut], cut).toContain(parseRow(bytes, from, to).text)
      const prefix = readPrefix(bytes, from, to)
      if (prefix) expect([prefix.timeEnd, prefix.textStart].every((at) => at >= from && at <= to)).toBe(true)
    }
  })

  it('is looked at by itself, so that many without a blank cost no more than others', () => {
    const count = 131_072
    const bytes = new Uint8Array(Buffer.from('x\n'.repeat(count)))
    const starts = Uint32Array.from({ length: count + 1 }, (_, index) => index * 2)
    const begun = process.cpuUsage()
    for (let index = 0; index < count; index += 1) rowAt({ bytes, starts }, index)
    // A tenth of a second; a quarter of a minute when each looks for a blank in all that follow.
    expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000)
  })

  it('has parts seen wherever the words stand, and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(hostileRow, { maxLength: 12 }), fc.nat(40), (rows, cut) => {
        const bytes = Buffer.from(rows.join('\n')).subarray(cut)
        const isThere = [' stdout P', ' stderr P'].some((words) => bytes.includes(words, 0, 'latin1'))
        expect(mayHaveParts(bytes)).toBe(isThere)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is no part where none are seen', () => {
    fc.assert(
      fc.property(hostileRow, (row) => {
        const bytes = Buffer.from(row.replaceAll('\n', ' '))
        if (readPrefix(bytes, 0, bytes.length)?.isPartial) expect(mayHaveParts(bytes)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
