/** Endpoints of the guided way to a useful gateway: provider, model, channels. */
import { ConnectionPreview, ConnectionRequest, Connections, ConnectionWish } from './connections.ts'
import type { Endpoint } from './endpoint.ts'
import { OperationStarted } from './schemas.ts'

export const CONNECTION_ENDPOINTS = {
  'GET /api/connections': {
    access: 'session',
    summary: 'Providers, model and channels: what can be connected and what is; secrets are not told',
    response: Connections,
  },
  'POST /api/connections/preview': {
    access: 'session',
    summary: 'What connecting these would change in .env and razroom.json; secrets masked',
    body: ConnectionWish,
    response: ConnectionPreview,
  },
  'POST /api/connections': {
    access: 'session',
    summary:
      'Write provider, model and channels into both files, or into none, and restart the gateway if wished',
    body: ConnectionRequest,
    response: OperationStarted,
    status: 202,
  },
} as const satisfies Record<string, Endpoint>
