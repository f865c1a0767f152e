import { expect, test } from 'vitest'
import type { Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import { openApiDocument } from './openapi.ts'

interface Operation {
  readonly summary: string
  readonly 'x-access': string
  readonly security: readonly object[]
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: unknown }[]
  readonly requestBody?: { content: Record<string, { schema?: unknown }> }
  readonly responses: Record<string, { content?: Record<string, { schema?: unknown }> }>
}

/** As a client gets it. */
const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3', 'razroom-panel-18780'))) as {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
}
const asJson = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema))

test('it says what it is', () => {
  expect(document.openapi).toBe('3.1.1')
  expect(document.info.version).toBe('1.2.3')
})

test.each(Object.entries<Endpoint>(ENDPOINTS))('%s, with its schemas and access', (key, endpoint) => {
  const [method = '', url = ''] = key.split(' ')
  const verb = method === 'WS' ? 'get' : method.toLowerCase()
  const operation = document.paths[url.replace(/:([a-z]+)/gi, '{$1}')]?.[verb]
  expect(operation?.summary).toBe(endpoint.summary)
  expect(operation?.['x-access']).toBe(endpoint.access)
  expect(operation?.security.length === 0).toBe(endpoint.access === 'public')
  expect(operation?.responses.default?.content).toHaveProperty(['application/problem+json'])
  const names = (place: string) =>
    (operation?.parameters ?? []).filter((one) => one.in === place).map(({ name }) => name)
  expect(names('path')).toEqual([...url.matchAll(/:([a-z]+)/gi)].map(([, name]) => name))
  expect(names('header')).toEqual(endpoint.ifMatch ? ['If-Match'] : [])
  const query = endpoint.query as { properties?: Record<string, unknown> } | undefined
  expect(names('query')).toEqual(Object.keys(query?.properties ?? {}))
  const bodies = operation?.requestBody?.content ?? {}
  if (endpoint.upload) expect(Object.keys(bodies)).toEqual(['application/octet-stream'])
  else if (endpoint.body) expect(bodies['application/json']?.schema).toEqual(asJson(endpoint.body))
  else expect(operation).not.toHaveProperty('requestBody')
  const status = endpoint.socket ? 101 : (endpoint.status ?? 200)
  expect(Object.keys(operation?.responses ?? {}).sort()).toEqual([String(status), 'default'])
  const answer = operation?.responses[status]?.content
  if (endpoint.download) expect(answer).toHaveProperty(['application/octet-stream'])
  else if (status === 200 || status === 202)
    expect(answer?.['application/json']?.schema).toEqual(asJson(endpoint.response))
  else expect(answer).toBeUndefined()
})

test('a parameter in the path is required, one in the query only where the contract says so', () => {
  const all = Object.values(document.paths).flatMap((path) => Object.values(path))
  const parameters = all.flatMap((operation) => operation.parameters)
  expect(parameters.filter((one) => one.in === 'path').every((one) => one.required)).toBe(true)
  const logs = document.paths['/api/logs']?.get?.parameters
  expect(logs?.map(({ name, required }) => [name, required])).toEqual([
    ['before', false],
    ['after', false],
    ['at', false],
    ['limit', false],
  ])
})
