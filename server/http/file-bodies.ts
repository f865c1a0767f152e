/** Bodies that are files: an upload as it comes in, a download as it goes out, and how long a body may take. */
import { pipeline, type Readable, Transform } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { InputError, PanelError } from '../errors.ts'

export const UPLOAD_TYPE = 'application/octet-stream'
/** Any other body is a few kilobytes from this machine. */
const BODY_TIMEOUT_MS = 30_000
/** An upload may take hours, but a sender that has gone silent is not waited for. */
const UPLOAD_IDLE_MS = 60_000

/** The body of an endpoint with `upload`: nothing of it has been read yet. */
export interface UploadBody {
  /** Ends with an error when it grows beyond the cap or breaks off. */
  readonly stream: Readable
  /** As the sender says it; null when it does not. */
  readonly sizeBytes: number | null
}

/** What an endpoint with `download` answers. */
export interface Download {
  readonly stream: Readable
  /** Without its directory. */
  readonly filename: string
  readonly sizeBytes?: number
}

/** In this scope the only body is a file, handed on unread: whoever takes it keeps the cap. */
export function takeFilesOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(UPLOAD_TYPE, (_request, payload, done) => done(null, payload))
  // What is left of a refused or failed upload is not read to its end: the connection goes with the answer.
  scope.addHook('onSend', async (request, reply) => {
    if (!request.raw.complete) reply.header('connection', 'close')
  })
}

/**
 * @param maxBytes the cap of the endpoint
 * @throws {PanelError} BODY_TOO_LARGE by what the sender says; the stream ends with it when the sender says nothing
 */
export function openUpload(request: FastifyRequest, maxBytes: number): UploadBody {
  const length = request.headers['content-length']
  const sizeBytes = length === undefined ? null : Number(length)
  const refusal = () => new PanelError('BODY_TOO_LARGE', { detail: `the limit is ${maxBytes} bytes` })
  if (sizeBytes !== null && sizeBytes > maxBytes) throw refusal()
  const { socket } = request.raw
  socket.setTimeout(UPLOAD_IDLE_MS)
  let received = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length
      if (received > maxBytes) done(refusal())
      else done(null, chunk)
    },
  })
  const body = request.body as Readable | undefined
  // Without a body there is an empty file: its reader says what it thinks of it.
  if (body === undefined) counted.end(() => socket.setTimeout(0))
  else pipeline(body, counted, () => socket.setTimeout(0))
  return { stream: counted, sizeBytes }
}

/** The error of an upload that its sender left is not ours. */
export function asUploadError(request: FastifyRequest, error: unknown): unknown {
  if (error instanceof PanelError || request.raw.complete) return error
  return new InputError('REQUEST_INVALID', { detail: 'the upload broke off', cause: error })
}

/** Sends the stream as an attachment (RFC 6266); a browser saves it and shows nothing of it. */
export function sendDownload(reply: FastifyReply, { stream, filename, sizeBytes }: Download): FastifyReply {
  reply
    .header('content-type', UPLOAD_TYPE)
    .header('content-disposition', `attachment; filename="${filename.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`)
  if (sizeBytes !== undefined) reply.header('content-length', sizeBytes)
  return reply.send(stream)
}

/**
 * Node's own limit for whole requests (requestTimeout) knows no exception, and an upload needs one: so each other body
 * has its limit here, and the headers keep Node's.
 */
export function limitBodyTime(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { raw } = request
    if (raw.complete || request.routeOptions.config.upload === true) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy()
    }, BODY_TIMEOUT_MS)
    timer.unref()
    raw.once('close', () => clearTimeout(timer))
  })
}
