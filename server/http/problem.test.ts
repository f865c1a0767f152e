import { Writable } from 'node:stream'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { registerProblems } from './problem.ts'

test('what nobody thought of is in the log, as one line with the number of the request, and not in the answer', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const app = fastify({ logger: { level: 'warn', stream } })
  registerProblems(app)
  const message = 'broken\n{"level":50,"msg":"an entry that nobody wrote"}\u001b[2J'
  app.get('/', () => {
    throw new Error(message)
  })
  const answer = await app.inject({ url: '/' })
  await app.close()
  const problem = answer.json() as { code: string; requestId?: string }
  expect(answer.statusCode).toBe(500)
  expect(problem.code).toBe('INTERNAL')
  expect(answer.body).not.toContain('broken')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.match(/\n/g)).toHaveLength(1)
  expect(lines[0]).not.toContain('\u001b')
  const entry = JSON.parse(lines[0] ?? '') as {
    level: number
    time: number
    reqId: string
    err: { message: string }
  }
  expect(entry).toMatchObject({ level: 50, err: { message } })
  expect(entry.time).toBeGreaterThan(1_600_000_000_000)
  expect(JSON.stringify(problem)).toContain(entry.reqId)
})
