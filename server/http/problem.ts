import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../contract/error-codes.ts'
import { PanelError, toProblem } from '../errors.ts'

/** Fastify's own errors in our words. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'REQUEST_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'REQUEST_INVALID',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_INVALID',
  FST_ERR_BAD_URL: 'NOT_FOUND',
}

function asPanelError(error: FastifyError | Error): Error {
  if (error instanceof PanelError) return error
  const known = 'code' in error ? FRAMEWORK_CODES[String(error.code)] : undefined
  if (known) return new PanelError(known, { detail: error.message })
  const status = 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500)
    return new PanelError('REQUEST_INVALID', { detail: STATUS_CODES[status] ?? 'bad request' })
  return error
}

/** Answers with the problem document of any error; an unknown one is logged with the request's id and not shown. */
export function sendProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = asPanelError(error)
  const problem = toProblem(known, request.id)
  request.problemCode = known instanceof PanelError ? known.code : 'INTERNAL'
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem))
}

/**
 * One place turns errors into answers.
 * @param showPage answers a person who opened an address that is none; without it they get the problem document too
 */
export function registerProblems(
  app: FastifyInstance,
  showPage?: (reply: FastifyReply) => FastifyReply,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    showPage && isNavigation(request)
      ? showPage(reply)
      : sendProblem(new PanelError('NOT_FOUND'), request, reply),
  )
}

/** A browser that goes to an address says so (Fetch, Sec-Fetch-Dest); the API and the page's parts are no addresses. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers['sec-fetch-dest'] === 'document' && !/^\/(api|assets)(\/|$)/.test(url)
}
