import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ConflictError } from '../errors.ts'
import { createClient } from './client.ts'
import { isUnreachable } from './control-request.ts'
import { ProblemError } from './problem-error.ts'
import { startTestPanel, TEST_STATUS, testOperation } from './test-panel.ts'

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function start(...args: Parameters<typeof startTestPanel>) {
  const panel = await startTestPanel(...args)
  cleanups.push(() => panel.close())
  return { panel, client: createClient(panel.socketPath) }
}

/** A server that answers everything in the same way, whatever the contract says. */
async function startRawServer(status: number, body: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'razroom-panel-raw-'))
  const path = join(directory, 's')
  const server: Server = createServer((_, response) => {
    response.writeHead(status)
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  cleanups.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true })
  })
  return path
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
}

test('answers what the endpoint answers', async () => {
  const { client } = await start({ 'GET /api/status': () => TEST_STATUS })
  expect(await client.call('GET /api/status', {})).toEqual(TEST_STATUS)
})

test('fills the path, sends the query, the body as JSON and the ETag in quotes', async () => {
  const { panel, client } = await start({
    'GET /api/operations/:id': () => testOperation(),
    'DELETE /api/operations/:id': () => null,
    'GET /api/logs': () => ({ lines: [], hasMore: false }),
    'PUT /api/env': () => ({ etag: 'new', changed: true, restartRequired: false }),
  })
  await client.call('GET /api/operations/:id', { params: { id: 'op-1' } })
  expect(await client.call('DELETE /api/operations/:id', { params: { id: 'op-1' } })).toBeNull()
  await client.call('GET /api/logs', { query: { limit: 5, before: 'a b&c' } })
  await client.call('PUT /api/env', { body: { text: 'A=1\n' }, ifMatch: 'abc' })
  expect(panel.requests.map(({ url }) => url)).toEqual([
    '/api/operations/op-1',
    '/api/operations/op-1',
    '/api/logs?limit=5&before=a+b%26c',
    '/api/env',
  ])
  const put = panel.requests.at(-1)
  expect(put?.body).toEqual({ text: 'A=1\n' })
  expect(put?.headers['if-match']).toBe('"abc"')
  expect(put?.headers.origin).toBeUndefined()
  // Fastify refuses an empty body that claims to be JSON.
  expect(panel.requests[1]?.headers['content-type']).toBeUndefined()
})

test('turns a problem document into a ProblemError with all of it', async () => {
  const { client } = await start({
    'POST /api/gateway/start': () => {
      throw new ConflictError('OPERATION_RUNNING', { detail: 'setup' })
    },
  })
  const error = await failure(client.call('POST /api/gateway/start', {}))
  expect(error).toBeInstanceOf(ProblemError)
  expect((error as ProblemError).problem).toMatchObject({
    code: 'OPERATION_RUNNING',
    status: 409,
    detail: 'setup',
    instance: 'req-1',
  })
})

test('says where it looked when there is no panel', async () => {
  const error = await failure(createClient('/nowhere/control.sock').call('GET /api/status', {}))
  expect(error).toMatchObject({ code: 'DAEMON_UNREACHABLE' })
  expect(String(error)).toContain('/nowhere/control.sock')
  expect(isUnreachable(error)).toBe(true)
})

test.each([
  ['no JSON', 200, '<html>'],
  ['another shape', 200, '{"gateway":{}}'],
  ['an error that is no problem document', 500, '{"error":"x"}'],
])('refuses an answer of another version: %s', async (_, status, body) => {
  const error = await failure(createClient(await startRawServer(status, body)).call('GET /api/status', {}))
  expect(error).toMatchObject({ code: 'DAEMON_UNREACHABLE' })
  expect(String(error)).toContain('systemctl restart razroom-panel')
  expect(isUnreachable(error)).toBe(false)
})
