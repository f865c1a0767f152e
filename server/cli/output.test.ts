import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { HostError, toProblem } from '../errors.ts'
import { problemLines } from './output.ts'
import { runTestCli } from './test-panel.ts'

test('output that a full disk does not take is a failure, told without a stack', async () => {
  const full = () => {
    const error = new Error('ENOSPC: no space left on device, write')
    return new Writable({ write: (_chunk, _encoding, done) => done(error) })
  }
  const { code, stderr } = await runTestCli(['help'], { io: { stdout: full() } })
  expect([code, stderr]).toEqual([
    1,
    'razroom-panel: The output could not be written: ENOSPC: no space left on device, write\n',
  ])
})

test('a detail of several lines keeps them, and nothing in them steers the terminal', () => {
  const detail = 'it ended. Its last lines:\nwarming up\n\u001b]0;x\u0007blocked'
  const lines = problemLines(toProblem(new HostError('UPDATE_ROLLED_BACK', { detail })))
  expect(lines.slice(0, 3)).toEqual([
    expect.stringMatching(/^razroom-panel: .*: it ended\. Its last lines:$/),
    '    warming up',
    '    ]0;xblocked',
  ])
})
