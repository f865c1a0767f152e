import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { DeviceStore } from './device-store.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import { printable, type SubsystemLog, throttleLines } from './log.ts'
import { GATEWAY_VERSION } from './version.ts'
import { findRefusal, type Refusal } from './ws-connect.ts'
import { methodNames, runMethod } from './ws-methods.ts'
import {
  type ConnectParams,
  closeReason,
  PROTOCOL_VERSION,
  parseConnectParams,
  parseRequestFrame,
} from './ws-protocol.ts'

/** What all sessions of one gateway share. `startedAt` is in milliseconds since 1970. */
export interface SessionContext {
  plan: GatewayPlan
  devices: DeviceStore
  log: SubsystemLog
  startedAt: number
}

/** The WebSocket sessions of one gateway. */
export interface Sessions {
  accept(ws: WebSocket, request: IncomingMessage): void
  /** Says goodbye to all, and cuts those that have not left after `graceMs`. */
  closeAll(graceMs: number): Promise<void>
}

interface Session {
  ws: WebSocket
  id: string
  remote: string
  nonce: string
  deviceId?: string
  client?: string
}

const HANDSHAKE_TIMEOUT_MS = 10_000
const PING_INTERVAL_MS = 30_000
const MAX_BUFFERED_BYTES = 1024 * 1024

/**
 * Manages the sockets: a challenge to each newcomer, `connect` as the first request within ten seconds, then
 * methods until one side leaves. Connects and refusals are logged, refusals throttled.
 */
export function createSessions(context: SessionContext): Sessions {
  const live = new Set<Session>()
  const logRefusal = throttleLines(context.log.warn, 10, 10_000)
  const dropDevice = (deviceId: string) => {
    for (const session of live) if (session.deviceId === deviceId) session.ws.close(1008, 'device removed')
  }
  const accept = (ws: WebSocket, request: IncomingMessage) => {
    const remote = request.socket.remoteAddress ?? 'unknown'
    const session: Session = { ws, id: randomUUID(), remote, nonce: randomUUID() }
    live.add(session)
    const handshake = setTimeout(() => ws.close(1008, 'handshake timeout'), HANDSHAKE_TIMEOUT_MS)
    const stopPings = keepAlive(ws)
    ws.on('error', (error) =>
      logRefusal(`socket error conn=${session.id} remote=${remote}: ${error.message}`),
    )
    ws.on('close', (code) => {
      clearTimeout(handshake)
      stopPings()
      live.delete(session)
      if (session.client) context.log.info(`${session.client} disconnected code=${code} conn=${session.id}`)
    })
    ws.on('message', (data, isBinary) => {
      // After our close frame the peer's last words may still arrive.
      if (ws.readyState !== WebSocket.OPEN) return
      const frame = isBinary ? undefined : parseRequestFrame(data.toString())
      if (!frame) return ws.close(1008, 'invalid request frame')
      if (session.client) return answer(session, frame, context, live.size, dropDevice)
      clearTimeout(handshake)
      if (frame.method !== 'connect')
        return ws.close(1008, 'invalid handshake: first request must be connect')
      connect(session, frame, request, context, logRefusal)
    })
    send(ws, { type: 'event', event: 'connect.challenge', payload: { nonce: session.nonce, ts: Date.now() } })
  }
  return { accept, closeAll: (graceMs) => closeAll(live, graceMs) }
}

function connect(
  session: Session,
  frame: { id: string; params: Record<string, unknown> },
  request: IncomingMessage,
  context: SessionContext,
  logRefusal: (message: string) => void,
): void {
  const { ws, id, remote } = session
  const params = parseConnectParams(frame.params)
  if (!params) {
    ws.close(1008, 'invalid connect params')
    return
  }
  const client = printable(`${params.clientMode} client=${params.clientId} v${params.clientVersion}`)
  const refusal = judge(session, params, request, context)
  if (refusal) {
    const { closeCode, code, message, details } = refusal
    const origin = printable(request.headers.origin ?? 'n/a')
    logRefusal(
      `closed before connect conn=${id} remote=${remote} origin=${origin} ${client} code=${closeCode} ` +
        `reason=${message}`,
    )
    const error = details ? { code, message, details } : { code, message }
    send(ws, { type: 'res', id: frame.id, ok: false, error })
    ws.close(closeCode, closeReason(message))
    return
  }
  session.client = printable(params.clientMode, 32)
  if (params.device) session.deviceId = params.device.deviceId
  context.log.info(`${session.client} connected conn=${id} remote=${remote} ${client}`)
  send(ws, { type: 'res', id: frame.id, ok: true, payload: hello(id) })
}

/** A device file that can't be read or written turns the client away and is told to the log, not to the client. */
function judge(
  session: Session,
  params: ConnectParams,
  request: IncomingMessage,
  context: SessionContext,
): Refusal | undefined {
  try {
    return findRefusal(params, session.nonce, request, context.plan, context.devices)
  } catch (error) {
    context.log.error(`connect failed conn=${session.id}: ${String(error)}`)
    return { closeCode: 1011, code: 'UNAVAILABLE', message: 'pairing failed; see the log of the gateway' }
  }
}

function hello(connId: string) {
  return {
    type: 'hello-ok',
    protocol: PROTOCOL_VERSION,
    server: { version: GATEWAY_VERSION, bundled: true, connId },
    features: { methods: methodNames, events: ['connect.challenge'] },
    snapshot: {},
    policy: { tickIntervalMs: PING_INTERVAL_MS },
  }
}

function answer(
  session: Session,
  frame: { id: string; method: string; params: Record<string, unknown> },
  context: SessionContext,
  connections: number,
  dropDevice: (deviceId: string) => void,
): void {
  try {
    const result = runMethod(frame.method, frame.params, { ...context, connections, dropDevice })
    if (result.ok) send(session.ws, { type: 'res', id: frame.id, ok: true, payload: result.payload })
    else send(session.ws, { type: 'res', id: frame.id, ok: false, error: result.error })
  } catch (error) {
    context.log.error(`${printable(frame.method, 40)} failed conn=${session.id}: ${String(error)}`)
    const failure = { code: 'UNAVAILABLE', message: 'the gateway failed; see its log' }
    send(session.ws, { type: 'res', id: frame.id, ok: false, error: failure })
  }
}

/** Cuts a peer that is gone without a word: it gets one interval to answer a ping. */
function keepAlive(ws: WebSocket): () => void {
  let isAlive = true
  ws.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return ws.terminate()
    isAlive = false
    ws.ping()
  }, PING_INTERVAL_MS)
  return () => clearInterval(timer)
}

async function closeAll(live: Set<Session>, graceMs: number): Promise<void> {
  for (const { ws } of live) ws.close(1012, 'service restart')
  const deadline = performance.now() + graceMs
  while (live.size > 0 && performance.now() < deadline) await sleep(5)
  for (const { ws } of live) ws.terminate()
}

function send(ws: WebSocket, frame: unknown): void {
  if (ws.readyState !== WebSocket.OPEN) return
  // ws buffers without bound for a peer that asks and never reads.
  if (ws.bufferedAmount > MAX_BUFFERED_BYTES) ws.terminate()
  else ws.send(JSON.stringify(frame))
}
