import { describe, expect, test } from 'vitest'
import { createLog, formatBox, formatEarlyLine, formatLogLine, printable, throttleLines } from './log.ts'

const time = new Date('2026-11-23T11:40:08.850Z')

describe('log lines', () => {
  test.each([
    ['info', 36],
    ['warn', 33],
    ['error', 31],
  ] as const)('%s is told by the colour of the message alone', (level, colour) => {
    expect(formatLogLine(level, 'gateway', 'hello', time)).toBe(
      `\u001b[90m2026-11-23T11:40:08.850Z\u001b[39m \u001b[36m[gateway]\u001b[39m \u001b[${colour}mhello\u001b[39m`,
    )
  })

  test('the log writes whole lines', () => {
    const written: string[] = []
    createLog(
      (line) => written.push(line),
      () => time,
    )('ws').warn('x')
    expect(written).toEqual([`${formatLogLine('warn', 'ws', 'x', time)}\n`])
  })

  test('an early error carries the local time with its offset', () => {
    const line = formatEarlyLine('text', time)
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.850[+-]\d\d:\d\d text$/)
    expect(new Date(line.split(' ')[0] ?? '').getTime()).toBe(time.getTime())
  })

  test('all lines of a box are equally wide and none looks like JSON', () => {
    const lines = formatBox('Title', ['short', 'a longer line']).trimEnd().split('\n').slice(1)
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(lines.filter((line) => /^[{["]/.test(line))).toEqual([])
  })
})

describe('text from outside', () => {
  test('control characters, C1 and bidi marks cannot forge a line', () => {
    expect(printable('a\n\u001b[31mb\u009b1m\u202ec\u2028')).toBe('a??[31mb?1m?c?')
  })

  test('long text is cut', () => {
    expect(printable('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}...`)
  })

  test('a flood is held back and counted', () => {
    const written: string[] = []
    let now = 0
    const line = throttleLines(
      (text) => written.push(text),
      2,
      1_000,
      () => now,
    )
    for (let index = 0; index < 5; index += 1) line(`n${index}`)
    now = 1_000
    line('later')
    expect(written).toEqual(['n0', 'n1', '3 similar lines left out', 'later'])
  })
})
