import { expect, test } from 'vitest'
import { HostError, toProblem } from '../errors.ts'
import { problemLines } from './output.ts'

test('a detail of several lines keeps them, and nothing in them steers the terminal', () => {
  const detail = 'it ended. Its last lines:\nwarming up\n\u001b]0;x\u0007blocked'
  const lines = problemLines(toProblem(new HostError('UPDATE_ROLLED_BACK', { detail })))
  expect(lines.slice(0, 3)).toEqual([
    expect.stringMatching(/^razroom-panel: .*: it ended\. Its last lines:$/),
    '    warming up',
    '    ]0;xblocked',
  ])
})
