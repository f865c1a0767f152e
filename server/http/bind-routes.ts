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
import { describeCall } from './audit-hook.ts'
import {
  asUploadError,
  type Download,
  openUpload,
  sendDownload,
  takeFilesOnly,
  type UploadBody,
} from './file-bodies.ts'

type UploadOf<K extends EndpointKey> = (typeof ENDPOINTS)[K] extends { readonly upload: object }
  ? UploadBody
  : undefined
/** What a handler returns: the answer of the contract, or the file of an endpoint with `download`. */
type Answer<K extends EndpointKey> = (typeof ENDPOINTS)[K] extends { readonly download: true }
  ? Download
  : Response<K>

export interface Call<K extends EndpointKey> {
  readonly params: Params<K>
  readonly query: Query<K>
  readonly body: Body<K>
  /** The ETag of If-Match, without its quotes. */
  readonly ifMatch: string | undefined
  /** The file of an endpoint with `upload`, unread. */
  readonly upload: UploadOf<K>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Handler<K extends EndpointKey> = (call: Call<K>) => Promise<Answer<K>> | Answer<K>
/** Endpoints that answer a request; the sockets are bound in server/ws. */
export type RequestKey = Exclude<EndpointKey, `WS ${string}`>
export type Handlers = { readonly [K in RequestKey]: Handler<K> }

type Part = 'params' | 'query' | 'body'

function check(schema: TSchema | undefined, value: unknown, part: Part): unknown {
  const validator = validatorOf(schema)
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

const validators = new WeakMap<TSchema, Validator>()

/** Made when it is first needed: to make all of them is a tenth of a start. Both doors check by the same ones. */
function validatorOf(schema: TSchema | undefined): Validator | undefined {
  if (schema === undefined) return undefined
  const known = validators.get(schema) ?? (Compile(schema) as Validator)
  validators.set(schema, known)
  return known
}

function readIfMatch(request: FastifyRequest): string | undefined {
  return request.headers['if-match']?.replace(/^(?:W\/)?"(.*)"$/, '$1')
}

/** Registers every endpoint that answers a request. */
export function bindRoutes(app: FastifyInstance, handlers: Handlers): void {
  for (const key of Object.keys(handlers) as RequestKey[]) {
    const handler = handlers[key] as Handler<RequestKey>
    const { upload }: Endpoint = ENDPOINTS[key]
    if (upload === undefined) bindRoute(app, key, handler)
    else
      app.register(async (scope) => {
        takeFilesOnly(scope)
        bindRoute(scope, key, handler)
      })
  }
}

function bindRoute(app: FastifyInstance, key: RequestKey, handler: Handler<RequestKey>): void {
  const endpoint: Endpoint = ENDPOINTS[key]
  const [method, url] = key.split(' ') as [string, string]
  const readBody = ({ body: sent }: FastifyRequest) =>
    endpoint.upload
      ? undefined
      : check(endpoint.body, endpoint.body && sent === undefined ? {} : sent, 'body')
  app.route({
    method,
    url,
    exposeHeadRoute: false,
    config: {
      key,
      access: endpoint.access,
      secret: endpoint.secret === true,
      upload: endpoint.upload !== undefined,
    },
    handler: async (request, reply) => {
      const rawQuery = endpoint.query
        ? Value.Convert(endpoint.query, { ...(request.query as object) })
        : undefined
      const call = {
        params: check(endpoint.params, request.params, 'params'),
        query: check(endpoint.query, rawQuery, 'query'),
        body: readBody(request),
        ifMatch: readIfMatch(request),
        upload: endpoint.upload && openUpload(request, endpoint.upload.maxBytes),
        request,
        reply,
      } as Call<RequestKey>
      describeCall(request, key, call)
      const answer = await runHandler(handler, call)
      reply.code(endpoint.status ?? 200).header('cache-control', 'no-store')
      if (isDownload(endpoint, answer)) return sendDownload(reply, answer)
      return endpoint.status === 204 ? reply.send() : answer
    },
  })
}

function isDownload(endpoint: Endpoint, _answer: unknown): _answer is Download {
  return endpoint.download === true
}

async function runHandler(handler: Handler<RequestKey>, call: Call<RequestKey>) {
  try {
    return await handler(call)
  } catch (error) {
    throw call.upload === undefined ? error : asUploadError(call.request, error)
  }
}
