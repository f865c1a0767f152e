/** The log that the tests of `logs` read. */
import type { LogLine } from '../../../contract/logs.ts'

const FILE = '0123456789ab'

/** Line n was written n seconds after noon; every tenth is an error, in red. */
export function line(number: number): LogLine {
  const text = number % 10 === 0 ? `\x1b[31mERROR\x1b[39m line ${number}` : `line ${number}`
  const time = new Date(Date.parse('2026-11-23T12:00:00Z') + number * 1000).toISOString()
  return {
    cursor: `${FILE}.${number.toString(36)}`,
    time,
    stream: number % 2 === 0 ? 'stdout' : 'stderr',
    text,
  }
}

/** Of the lines that were printed. */
export const numbers = (stdout: string): number[] =>
  stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => Number(/line (\d+)/.exec(text)?.[1]))
