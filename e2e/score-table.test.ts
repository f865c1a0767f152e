import { expect, test } from 'vitest'
import { readScores, scoreTable } from './attacks/score-table.ts'

test('the rows of all files become one table, and their sum', () => {
  const rows = readScores(
    '{"attack":"sockets: no ticket","tried":15,"refused":15}\n{"attack":"flood","tried":1,"refused":0,"figure":"PSS +12 MB"}\n',
  )
  expect(scoreTable(rows)).toBe(
    [
      'attack               tried  refused  figure',
      'flood                    1        0  PSS +12 MB',
      'sockets: no ticket      15       15',
      'all                     16       15',
    ].join('\n'),
  )
})
