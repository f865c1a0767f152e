import { describe, expect, test } from 'vitest'
import { HOSTILE_TEXTS, NEVER_SHOWN } from '../../e2e/attacks/hostile-texts.ts'
import { printable } from '../cli/terminal-text.ts'
import { sanitizeLogText } from '../domain/log-line.ts'
import { createLineSplitter } from './output-lines.ts'
import { createLineAssembler } from './user-agent/line-assembler.ts'

const COLOUR = /\x1b\[[0-9;]+m/g
const ROW = '2026-11-23T11:40:08.850123456+01:00 stdout'
const withoutColours = (text: string): string => text.replace(COLOUR, '')

/** The two halves of the bytes for each place between two of them. */
function halves(bytes: Buffer): (readonly [Buffer, Buffer])[] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)])
}

describe.each(Object.entries(HOSTILE_TEXTS))('%s', (_name, { text, shown }) => {
  test('in the log, cut between any two bytes: text and colours are left', () => {
    const rows = Buffer.from(`${ROW} F ${text}\n`)
    for (const [first, second] of halves(rows)) {
      const lines: string[] = []
      const assembler = createLineAssembler(0, (line) => lines.push(sanitizeLogText(line.text)))
      assembler.push(first)
      assembler.push(second)
      expect(lines.map(withoutColours)).toEqual([shown])
      expect(withoutColours(lines.join(''))).not.toMatch(NEVER_SHOWN)
    }
  })

  test('in the log, in two parts of a line cut between any two bytes: the same', () => {
    for (const [first, second] of halves(Buffer.from(text))) {
      const rows = [Buffer.from(`${ROW} P `), first, Buffer.from(`\n${ROW} F `), second, Buffer.from('\n')]
      const lines: string[] = []
      const assembler = createLineAssembler(0, (line) => lines.push(sanitizeLogText(line.text)))
      assembler.push(Buffer.concat(rows))
      expect(lines.map(withoutColours)).toEqual([shown])
    }
  })

  test('as two lines, cut between any two bytes: neither is more than text and colours', () => {
    for (const half of halves(Buffer.from(text)).flat()) {
      const line = withoutColours(sanitizeLogText(half.toString('utf8')))
      expect(line).not.toMatch(NEVER_SHOWN)
      expect(line).not.toContain('\x1b')
    }
  })

  test('in the output of a program, cut between any two bytes: text is left', () => {
    for (const [first, second] of halves(Buffer.from(text))) {
      const lines: string[] = []
      const splitter = createLineSplitter((line) => lines.push(line))
      splitter.push(first)
      splitter.push(second)
      splitter.end()
      expect(lines.join('')).toBe(shown)
    }
  })

  test('on the terminal of the CLI, cut anywhere: no control character but those of colours', () => {
    for (const half of halves(Buffer.from(text)).flat()) {
      const line = half.toString('utf8')
      expect(printable(line)).not.toMatch(NEVER_SHOWN)
      expect(withoutColours(printable(line, true))).not.toMatch(NEVER_SHOWN)
    }
  })
})
