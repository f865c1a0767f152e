import type { ConnectionPreview, ConnectionRequest, ConnectionWish } from '../../contract/connections.ts'
import { connections } from '../state/connections.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads what can be connected and what is. A failure becomes part of the state. */
export async function loadConnections(): Promise<void> {
  await loadInto(connections, () => api('GET /api/connections'))
}

/** What a wish would change. @throws {ApiProblem} CONNECTION_INVALID, CONFIG_WOULD_NOT_START, CONFIG_INVALID */
export async function previewConnection(wish: ConnectionWish): Promise<ConnectionPreview> {
  return api('POST /api/connections/preview', { body: wish })
}

/**
 * Starts writing it.
 * @returns the id of the operation
 * @throws {ApiProblem} ENV_CHANGED or CONFIG_CHANGED when a file is another by now, OPERATION_RUNNING
 */
export async function connectServices(request: ConnectionRequest): Promise<string> {
  return (await api('POST /api/connections', { body: request })).operationId
}
