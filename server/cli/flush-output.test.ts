import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { flushOutput } from './flush-output.ts'
import { runTestCli } from './test-panel.ts'

test('a command ends when its reader has taken everything', async () => {
  let taken = ''
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      setTimeout(() => {
        taken += chunk
        done()
      }, 1)
    },
  })
  expect((await runTestCli(['help'], { io: { stdout } })).code).toBe(0)
  expect(taken).toContain('Exit codes: 0 done')
})

test('a reader that has gone is not waited for', async () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, new Error('EPIPE')) })
  const errors: unknown[] = []
  gone.on('error', (error) => errors.push(error))
  gone.write('x')
  await flushOutput(gone)
  await flushOutput(gone)
  await new Promise((resolve) => setImmediate(resolve))
  expect(errors).toHaveLength(1)
})
