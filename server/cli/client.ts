import type { Response } from '../../contract/endpoints.ts'
import type { LogSearchFrame } from '../../contract/logs.ts'
import type { Operation } from '../../contract/schemas.ts'
import { type CallInput, controlRequest, type RequestKey } from './control-request.ts'
import { type FollowOptions, followOperation, type OperationUpdate } from './follow-operation.ts'
import { type LogSearchRequest, searchLogs } from './search-logs.ts'
import { type LogFrame, type LogStreamRequest, streamLogs } from './stream-logs.ts'

/** The panel as a program on this machine sees it: the contract over the root-only unix socket. */
export interface Client {
  /** One request; see controlRequest. */
  call<K extends RequestKey>(key: K, input: CallInput<K>): Promise<Response<K>>
  /** See followOperation. */
  followOperation(
    id: string,
    onUpdate: (update: OperationUpdate) => void,
    options?: FollowOptions,
  ): Promise<Operation | null>
  /** See searchLogs. */
  searchLogs(
    request: LogSearchRequest,
    onFrame: (frame: LogSearchFrame) => void | Promise<void>,
  ): Promise<void>
  /** See streamLogs. */
  streamLogs(request: LogStreamRequest, onFrame: (frame: LogFrame) => void | Promise<void>): Promise<void>
}

/**
 * A client of the panel that listens on this socket, for example /run/razroom-panel/control.sock.
 * @param sudoUid SUDO_UID of this process, which it tells the panel when it is a number
 */
export function createClient(socketPath: string, sudoUid?: string): Client {
  const saidUid = sudoUid !== undefined && /^\d{1,10}$/.test(sudoUid) ? sudoUid : undefined
  return {
    call: (key, input) => controlRequest(socketPath, key, input, saidUid),
    followOperation: (id, onUpdate, options) => followOperation(socketPath, id, onUpdate, options),
    searchLogs: (request, onFrame) => searchLogs(socketPath, request, onFrame),
    streamLogs: (request, onFrame) => streamLogs(socketPath, request, onFrame),
  }
}
