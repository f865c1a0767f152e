/** The contract as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1). */
import type { TSchema } from 'typebox'
import type { Access, Endpoint } from '../../contract/endpoint.ts'
import { ENDPOINTS } from '../../contract/endpoints.ts'
import { Problem } from '../../contract/schemas.ts'

const PROBLEM_TYPE = 'application/problem+json'
const FILE_TYPE = 'application/octet-stream'

/** What each access takes; an empty list: nothing. */
const SECURITY: Readonly<Record<Access, readonly object[]>> = {
  public: [],
  session: [{ session: [], csrf: [] }, { apiToken: [] }],
  'step-up': [{ session: [], csrf: [] }, { apiToken: [] }],
  control: [{ controlSocket: [] }],
}

const ACCESS_WORDS: Readonly<Record<Access, string>> = {
  public: 'Anybody on this machine who may reach the page.',
  session: 'A logged-in page, or a script with the API token.',
  'step-up': 'A page that logged in or confirmed within ten minutes, or a script with the API token.',
  control: 'Only root, over the control socket: the command line.',
}

/**
 * Every endpoint of the contract, its schemas as they are (TypeBox writes JSON Schema 2020-12, which OpenAPI 3.1 takes).
 * `x-access` is the contract's own word for who may call. A socket is a GET that answers 101.
 *
 * @param version of the panel
 * @param cookieName of the session's cookie
 */
export function openApiDocument(version: string, cookieName: string): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {}
  for (const [key, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const [method = '', url = ''] = key.split(' ')
    const path = url.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [method === 'WS' ? 'get' : method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'razroom-panel',
      version,
      description: 'Sets up, runs and looks after the Razroom gateway in a rootless Podman container.',
    },
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: cookieName },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token', description: 'for all but GET' },
        apiToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'of a process of root, without Origin and Cookie',
        },
        controlSocket: {
          type: 'apiKey',
          in: 'header',
          name: 'host',
          description: 'a unix socket which only root may reach; nothing is sent',
        },
      },
    },
  }
}

function operation(endpoint: Endpoint): object {
  const { access, summary, secret, socket } = endpoint
  return {
    summary,
    description: ACCESS_WORDS[access],
    'x-access': access,
    ...(secret === true ? { 'x-secret': true } : {}),
    ...(socket === true ? { 'x-websocket': true } : {}),
    security: SECURITY[access],
    parameters: [
      ...parameters('path', endpoint.params),
      ...parameters('query', endpoint.query),
      ...(endpoint.ifMatch === true
        ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }]
        : []),
    ],
    ...requestBody(endpoint),
    responses: {
      ...success(endpoint),
      default: {
        description: 'What went wrong, and what mends it',
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function requestBody({ upload, body }: Endpoint): object {
  if (upload !== undefined) {
    const description = `the file, at most ${upload.maxBytes} bytes`
    return { requestBody: { required: true, description, content: { [FILE_TYPE]: {} } } }
  }
  if (body === undefined) return {}
  return { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
}

function success({ socket, download, status = 200, response }: Endpoint): object {
  if (socket === true) return { 101: { description: 'The connection is a WebSocket from here on' } }
  if (download === true) return { 200: { description: 'The file', content: { [FILE_TYPE]: {} } } }
  if (status === 204) return { 204: { description: 'Done' } }
  const description = status === 202 ? 'Started; the operation tells how it goes' : 'Done'
  return { [status]: { description, content: { 'application/json': { schema: response } } } }
}

/** One parameter for each property of an object schema. */
function parameters(place: 'path' | 'query', schema: TSchema | undefined): object[] {
  if (schema === undefined) return []
  const { properties, required = [] } = schema as TSchema & {
    properties: Record<string, TSchema>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }))
}
