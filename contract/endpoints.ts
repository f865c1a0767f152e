/**
 * Every endpoint of the panel, once. The key is 'METHOD /path'; the server binds a handler to each, the client
 * types come from here, the guards read `access` from here, and the attack suite enumerates this table.
 */
import Type, { type Static, type TSchema } from 'typebox'
import { AUDIT_ENDPOINTS } from './audit-endpoints.ts'
import { BACKUP_ENDPOINTS } from './backup-endpoints.ts'
import { CONNECTION_ENDPOINTS } from './connection-endpoints.ts'
import { DEVICE_ENDPOINTS } from './device-endpoints.ts'
import { DOCTOR_ENDPOINTS } from './doctor-endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { FILE_ENDPOINTS } from './file-endpoints.ts'
import { IMAGE_ENDPOINTS } from './image-endpoints.ts'
import { INSIGHT_ENDPOINTS } from './insight-endpoints.ts'
import { LOGIN_ENDPOINTS } from './login-endpoints.ts'
import { LogCursor, LogDownloadQuery, LogPage, LogPageQuery, WholeLogLine } from './logs.ts'
import { LoginLink, Operation, OperationStarted, SessionInfo, SetupPlan, Status } from './schemas.ts'
import { Settings, SettingsPatch, SetupRequest } from './settings.ts'
import { TerminalState } from './terminal.ts'
import { TokenPurpose, TokenReveal, TokenRotation, TokenStatus } from './token.ts'
import { UNIT_ENDPOINTS } from './unit-endpoints.ts'

const strict = { additionalProperties: false } as const
const operationId = Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }, strict)
const accepted = { response: OperationStarted, status: 202 } as const

export const ENDPOINTS = {
  'GET /healthz': {
    access: 'public',
    summary: 'The panel answers',
    response: Type.Object({ ok: Type.Boolean() }),
  },

  'POST /api/session': {
    access: 'public',
    summary: 'Log in with a one-time code',
    body: Type.Object({ code: Type.String({ minLength: 1, maxLength: 128 }) }, strict),
    response: SessionInfo,
    secret: true,
  },
  'GET /api/session': {
    access: 'session',
    summary: 'The current session',
    response: SessionInfo,
    secret: true,
  },
  'DELETE /api/session': { access: 'session', summary: 'Log out', response: Type.Null(), status: 204 },
  'POST /api/session/step-up': {
    access: 'session',
    summary: 'Confirm, by typing it, that secrets may be shown for ten minutes',
    body: Type.Object({ confirm: Type.Literal('show secrets') }, strict),
    response: SessionInfo,
    secret: true,
  },
  'POST /api/login-link': {
    access: 'control',
    summary: 'A new one-time login link',
    response: LoginLink,
    secret: true,
  },
  'POST /api/ws-ticket': {
    access: 'session',
    summary: 'A single-use ticket for a socket, valid for 30 seconds',
    response: Type.Object({ ticket: Type.String() }),
    secret: true,
  },

  'GET /api/status': { access: 'session', summary: 'What is running, and how it does', response: Status },
  'GET /api/settings': { access: 'session', summary: 'The settings of the panel', response: Settings },
  'PUT /api/settings': {
    access: 'step-up',
    summary: 'Change settings',
    body: SettingsPatch,
    response: Settings,
  },

  'GET /api/setup': { access: 'session', summary: 'Preflight findings and defaults', response: SetupPlan },
  'POST /api/setup': {
    access: 'session',
    summary: 'Set the gateway up and start it',
    body: SetupRequest,
    ...accepted,
  },

  'GET /api/operations': {
    access: 'session',
    summary: 'The last operations, newest first',
    response: Type.Array(Operation),
  },
  'GET /api/operations/:id': {
    access: 'session',
    summary: 'One operation',
    params: operationId,
    response: Operation,
  },
  'DELETE /api/operations/:id': {
    access: 'session',
    summary: 'Cancel a running operation',
    params: operationId,
    response: Type.Null(),
    status: 204,
  },

  'POST /api/gateway/start': { access: 'session', summary: 'Start the gateway', ...accepted },
  'POST /api/gateway/stop': { access: 'session', summary: 'Stop the gateway', ...accepted },
  'POST /api/gateway/restart': {
    access: 'session',
    summary: 'Recreate the container and start it',
    ...accepted,
  },
  'DELETE /api/gateway/container': {
    access: 'session',
    summary: 'Remove the container; config and workspace stay',
    ...accepted,
  },

  ...IMAGE_ENDPOINTS,
  ...BACKUP_ENDPOINTS,
  ...UNIT_ENDPOINTS,

  'GET /api/openapi.json': {
    access: 'session',
    summary: 'This interface as an OpenAPI 3.1 document',
    response: Type.Record(Type.String(), Type.Unknown()),
  },

  'GET /api/token': { access: 'session', summary: 'The effective token, masked', response: TokenStatus },
  'POST /api/token/reveal': {
    access: 'session',
    summary: 'The effective token',
    query: Type.Object({ purpose: Type.Optional(TokenPurpose) }, strict),
    response: TokenReveal,
    secret: true,
  },
  'POST /api/token/rotate': {
    access: 'session',
    summary: 'A new token, proven at the gateway: one that is made, or the one that is sent',
    body: TokenRotation,
    ...accepted,
  },
  'POST /api/token/reconcile': {
    access: 'session',
    summary: 'Write the token that the gateway checks into .env, where another one stands',
    ...accepted,
  },

  ...FILE_ENDPOINTS,
  ...CONNECTION_ENDPOINTS,
  ...DEVICE_ENDPOINTS,
  ...DOCTOR_ENDPOINTS,
  ...LOGIN_ENDPOINTS,
  ...AUDIT_ENDPOINTS,
  ...INSIGHT_ENDPOINTS,

  'GET /api/terminal/state': {
    access: 'session',
    summary: 'Who is in the terminal',
    response: TerminalState,
  },

  'GET /api/logs': {
    access: 'session',
    summary: 'Lines of the log, by cursor or by time',
    query: LogPageQuery,
    response: LogPage,
  },
  'GET /api/logs/line': {
    access: 'session',
    summary: 'One line as a whole, up to 4 MiB',
    query: Type.Object({ cursor: LogCursor }, strict),
    response: WholeLogLine,
  },

  'GET /api/logs/download': {
    access: 'session',
    summary: 'The log as a file: text, or a JSON document a line',
    query: LogDownloadQuery,
    response: Type.Null(),
    download: true,
  },

  'WS /api/events': {
    access: 'session',
    summary: 'Everything that happens',
    response: Type.Null(),
    socket: true,
  },
  'WS /api/logs/stream': {
    access: 'session',
    summary: 'Log lines as they come',
    response: Type.Null(),
    socket: true,
  },
  'WS /api/logs/search': {
    access: 'session',
    summary: 'Search in all of the log that is kept',
    response: Type.Null(),
    socket: true,
  },
  'WS /api/terminal': {
    access: 'step-up',
    summary: 'The onboarding wizard, or another of the fixed commands of the gateway, in a terminal',
    response: Type.Null(),
    socket: true,
  },
} as const satisfies Record<string, Endpoint>

export type EndpointKey = keyof typeof ENDPOINTS
type Part<K extends EndpointKey, P extends string> = (typeof ENDPOINTS)[K] extends {
  readonly [X in P]: infer S extends TSchema
}
  ? Static<S>
  : undefined
export type Params<K extends EndpointKey> = Part<K, 'params'>
export type Query<K extends EndpointKey> = Part<K, 'query'>
export type Body<K extends EndpointKey> = Part<K, 'body'>
export type Response<K extends EndpointKey> = Part<K, 'response'>
