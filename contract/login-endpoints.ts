/** Who is logged in to the page, and the way to end all of it. */
import Type, { type Static } from 'typebox'
import type { Endpoint } from './endpoint.ts'

export const Login = Type.Object({
  id: Type.String({ description: 'tells logins apart; nothing can be opened with it' }),
  createdAt: Type.String(),
  lastSeenAt: Type.String({ description: 'to the minute' }),
  expiresAt: Type.String({ description: 'when it ends unless it is used' }),
  isThis: Type.Boolean({ description: 'the one that asks' }),
})
export type Login = Static<typeof Login>

export const LOGIN_ENDPOINTS = {
  'GET /api/sessions': {
    access: 'session',
    summary: 'Who is logged in to the page, the one used last first',
    response: Type.Array(Login),
  },
  'DELETE /api/sessions': {
    access: 'session',
    summary: 'End every login, this one too, and every link that was not used yet',
    response: Type.Object({ ended: Type.Integer() }),
  },
} as const satisfies Record<string, Endpoint>
