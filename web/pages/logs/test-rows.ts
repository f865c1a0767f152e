/** Frames of rows, for tests. */
import { type LogRows, listLines, readRows } from '../../../contract/log-rows.ts'
import type { LogLine } from '../../../contract/logs.ts'

const FILE = '0123456789ab'

/** Line n is at place n of the file. */
export const cursorOf = (number: number): string => `${FILE}.${number.toString(36)}`

export function rowsOf(lines: readonly Partial<LogLine>[]): LogRows {
  const whole = lines.map(
    (line): LogLine => ({
      cursor: cursorOf(0),
      time: '2026-01-01T00:00:00.000000000Z',
      stream: 'stdout',
      text: '',
      ...line,
    }),
  )
  const [frame] = listLines(whole)
  const rows = frame ? readRows(frame) : null
  if (!rows) throw new Error('no rows')
  return rows
}
