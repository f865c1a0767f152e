import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AssembledLine, createLineAssembler, MAX_TEXT_BYTES } from './line-assembler.ts'

const TIME = '2026-11-23T11:40:08.850000000+00:00'
const row = (text: string, tag: 'F' | 'P' = 'F', stream = 'stdout'): string =>
  `${TIME} ${stream} ${tag} ${text}\n`

function assemble(file: string | Buffer, chunkSize = 65_536, offset = 0): AssembledLine[] {
  const bytes = Buffer.from(file as string)
  const lines: AssembledLine[] = []
  const assembler = createLineAssembler(offset, (line) => lines.push(line))
  // One buffer for all chunks, as the reader does.
  const chunk = Buffer.alloc(chunkSize)
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const length = bytes.copy(chunk, 0, at, at + chunkSize)
    assembler.push(chunk.subarray(0, length))
    chunk.fill(0x21)
  }
  return lines
}

describe('createLineAssembler', () => {
  it('takes rows apart', () => {
    expect(assemble(row('hello') + row('', 'F', 'stderr'), 7, 100)).toEqual([
      { start: 100, end: 151, time: TIME, stream: 'stdout', text: 'hello', truncated: false },
      { start: 151, end: 197, time: TIME, stream: 'stderr', text: '', truncated: false },
    ])
  })

  it('joins parts by stream, with characters split between rows', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${TIME} stdout P a`),
      Buffer.from([0xe2, 0x82, 10]),
      Buffer.from(row('between', 'F', 'stderr')),
      Buffer.from(`${TIME} stdout F `),
      Buffer.from([0xac]),
      Buffer.from('z\n'),
    ])
    expect(assemble(bytes, 5).map(({ stream, text }) => `${stream} ${text}`)).toEqual([
      'stderr between',
      'stdout a€z',
    ])
  })

  it('gives the same lines however the file is cut into chunks', () => {
    const file =
      row('é€😀 one') + row('part ', 'P') + row('two') + row('x'.repeat(9_000)) + row('end', 'F', 'stderr')
    const whole = assemble(file)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (size) => {
        expect(assemble(file, size)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('cuts a line of 20 MB in one row, and one in many, and goes on after each', () => {
    const rows = Array.from({ length: 2_500 }, () => row('y'.repeat(8_000), 'P')).join('')
    const lines = assemble(row('x'.repeat(20_000_000)) + rows + row('tail') + row('after'))
    expect(lines.map((line) => [line.text.length, line.truncated])).toEqual([
      [MAX_TEXT_BYTES, true],
      [MAX_TEXT_BYTES, true],
      [5, false],
    ])
  })

  it('does not split a character where it cuts', () => {
    const [line] = assemble(row(`${'x'.repeat(MAX_TEXT_BYTES - 1)}€€`))
    expect(line?.text).toBe('x'.repeat(MAX_TEXT_BYTES - 1))
    expect(line?.truncated).toBe(true)
  })

  it('replaces bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(`${TIME} stdout F a`), Buffer.from([0xff, 10])])
    expect(assemble(bytes)[0]?.text).toBe('a�')
  })

  it('shows rows that are none of the driver, with the time before them', () => {
    const texts = assemble(`${row('ok')}hello world, what is this\n\n${TIME} stdin F x\n${row('ok')}`)
    expect(texts.map((line) => line.text)).toEqual([
      'ok',
      'hello world, what is this',
      '',
      `${TIME} stdin F x`,
      'ok',
    ])
    expect(texts[1]?.time).toBe(TIME)
  })

  it('holds a line of a million parts as what they say, not as a million things', () => {
    const whole: AssembledLine[] = []
    const assembler = createLineAssembler(0, (line) => whole.push(line), 4_194_304)
    const parts = Buffer.from(row('x', 'P').repeat(1_000))
    const before = process.memoryUsage().heapUsed
    for (let at = 0; at < 1_000; at += 1) assembler.push(parts)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
    assembler.push(Buffer.from(row('end')))
    expect(whole[0]?.text).toBe(`${'x'.repeat(1_000_000)}end`)
  })

  it('waits for the end of a row', () => {
    expect(assemble(`${TIME} stdout F unfinished`)).toEqual([])
  })
})
