import { Writable } from 'node:stream'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { registerProblems } from './problem.ts'

test('who opened an address in a browser gets the words, every program the document', async () => {
  const app = fastify()
  registerProblems(app)
  app.get('/*', () => {
    throw new PanelError('PEER_REFUSED', { detail: 'sudo razroom-panel access add 1001 <b>' })
  })
  const headers = { 'sec-fetch-dest': 'document' }
  const [page, api, script] = await Promise.all([
    app.inject({ url: '/', headers }),
    app.inject({ url: '/api/status', headers }),
    app.inject({ url: '/' }),
  ])
  await app.close()
  expect(page.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(page.body).toMatch(
    /^razroom-panel: Your user may not use the panel\n\nsudo razroom-panel access add 1001 <b>\n/,
  )
  for (const answer of [api, script]) {
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toMatchObject({ code: 'PEER_REFUSED' })
  }
})

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
