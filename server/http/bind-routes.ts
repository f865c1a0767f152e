/** Binds a handler to each endpoint of the contract. An endpoint without a handler does not compile. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Value } from 'typebox/value'
import type { Endpoint } from '../../contract/endpoint.ts'
import {
  type Body,
  ENDPOINTS,
  type EndpointKey,
  type Params,
  type Query,
  type Response,
} from '../../contract/endpoints.ts'
import { InputError } from '../errors.ts'

export interface Call<K extends EndpointKey> {
  readonly params: Params<K>
  readonly query: Query<K>
  readonly body: Body<K>
  /** The ETag of If-Match, without its quotes. */
  readonly ifMatch: string | undefined
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Handler<K extends EndpointKey> = (call: Call<K>) => Promise<Response<K>> | Response<K>
/** Endpoints that answer a request; the sockets are bound in server/ws. */
export type RequestKey = Exclude<EndpointKey, `WS ${string}`>
export type Handlers = { readonly [K in RequestKey]: Handler<K> }

type Part = 'params' | 'query' | 'body'

function check(validator: Validator | undefined, value: unknown, part: Part): unknown {
  if (!validator) {
    const isEmpty =
      value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
    if (part === 'body' && !isEmpty)
      throw new InputError('REQUEST_INVALID', { detail: 'this request has no body' })
    return undefined
  }
  if (validator.Check(value)) return value
  const fields = [...validator.Errors(value)].slice(0, 20).map((error) => ({
    path: `${part}${error.instancePath.replaceAll('/', '.')}`,
    message: error.message,
  }))
  const detail = fields
    .map(({ path, message }) => `${path} ${message}`)
    .slice(0, 3)
    .join('; ')
  throw new InputError('REQUEST_INVALID', { detail, fields })
}

function compile(schema: TSchema | undefined): Validator | undefined {
  return schema === undefined ? undefined : (Compile(schema) as Validator)
}

function readIfMatch(request: FastifyRequest): string | undefined {
  return request.headers['if-match']?.replace(/^(?:W\/)?"(.*)"$/, '$1')
}

/** Registers every endpoint that answers a request. */
export function bindRoutes(app: FastifyInstance, handlers: Handlers): void {
  for (const key of Object.keys(handlers) as RequestKey[])
    bindRoute(app, key, handlers[key] as Handler<RequestKey>)
}

function bindRoute(app: FastifyInstance, key: RequestKey, handler: Handler<RequestKey>): void {
  const endpoint: Endpoint = ENDPOINTS[key]
  const [method, url] = key.split(' ') as [string, string]
  const params = compile(endpoint.params)
  const query = compile(endpoint.query)
  const body = compile(endpoint.body)
  app.route({
    method,
    url,
    exposeHeadRoute: false,
    config: { access: endpoint.access, secret: endpoint.secret === true },
    handler: async (request, reply) => {
      const rawQuery = endpoint.query
        ? Value.Convert(endpoint.query, { ...(request.query as object) })
        : undefined
      const answer = await handler({
        params: check(params, request.params, 'params'),
        query: check(query, rawQuery, 'query'),
        body: check(body, body && request.body === undefined ? {} : request.body, 'body'),
        ifMatch: readIfMatch(request),
        request,
        reply,
      } as Call<RequestKey>)
      reply.code(endpoint.status ?? 200).header('cache-control', 'no-store')
      return endpoint.status === 204 ? reply.send() : answer
    },
  })
}
