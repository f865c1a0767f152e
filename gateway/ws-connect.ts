import type { IncomingMessage } from 'node:http'
import { isSameSecret } from './auth.ts'
import { type DeviceStore, findProofFault } from './device-store.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import { printable } from './log.ts'
import { isLocalPeer, isOriginAllowed } from './peer.ts'
import { type ConnectParams, PROTOCOL_VERSION } from './ws-protocol.ts'

/** Why a client is turned away: the close code and the text it sees, in the answer and as the close reason. */
export interface Refusal {
  closeCode: 1002 | 1008 | 1011
  code: string
  message: string
  details?: Record<string, unknown>
}

/** A signature older (or newer) than this is refused, in milliseconds. */
const MAX_SIGNATURE_AGE_MS = 10 * 60_000

/**
 * Decides whether a client may stay: protocol, Origin, token, device, pairing, in this order.
 *
 * A device must have been approved unless the peer is this machine itself or
 * `gateway.controlUi.allowInsecureAuth` is set. Texts: docs/facts/razroom-gateway.md, "HTTP and WebSocket".
 *
 * @param nonce the nonce of this connection's challenge
 * @returns undefined when it may stay
 */
export function findRefusal(
  connect: ConnectParams,
  nonce: string,
  request: IncomingMessage,
  plan: GatewayPlan,
  devices: DeviceStore,
): Refusal | undefined {
  if (connect.minProtocol > PROTOCOL_VERSION || connect.maxProtocol < PROTOCOL_VERSION) {
    return { closeCode: 1002, code: 'INVALID_REQUEST', message: 'protocol mismatch' }
  }
  const controlUi = plan.config.gateway?.controlUi ?? {}
  if (!isOriginAllowed(request.headers.origin, request.headers.host, controlUi.allowedOrigins ?? [])) {
    return refuse(
      'origin not allowed (open the Control UI from the gateway host or allow it in ' +
        'gateway.controlUi.allowedOrigins)',
      'INVALID_REQUEST',
    )
  }
  const wrongSecret = findSecretFault(connect, plan)
  if (wrongSecret) return refuse(wrongSecret, 'UNAUTHORIZED')
  return findDeviceRefusal(connect, nonce, request, controlUi.allowInsecureAuth === true, devices)
}

function findSecretFault(connect: ConnectParams, plan: GatewayPlan): string | undefined {
  const { mode, secret } = plan.auth
  const given = connect[mode]?.trim()
  if (given && isSameSecret(given, secret)) return undefined
  const advice =
    connect.clientMode === 'cli'
      ? `set gateway.remote.${mode} to match gateway.auth.${mode}`
      : `open the dashboard URL and paste the ${mode} in Control UI settings`
  return `unauthorized: gateway ${mode} ${given ? 'mismatch' : 'missing'} (${advice})`
}

function findDeviceRefusal(
  connect: ConnectParams,
  nonce: string,
  request: IncomingMessage,
  allowInsecureAuth: boolean,
  devices: DeviceStore,
): Refusal | undefined {
  const isTrusted = allowInsecureAuth || isLocalPeer(request)
  const { device } = connect
  if (!device) return isTrusted ? undefined : refuse('device identity required', 'NOT_PAIRED')
  const fault = findProofFault({ ...connect, ...device, token: connect.token ?? '' }, nonce)
  if (fault) return refuse(fault, 'INVALID_REQUEST')
  if (Math.abs(Date.now() - device.signedAt) > MAX_SIGNATURE_AGE_MS) {
    return refuse('device signature expired (is the clock of this computer right?)', 'INVALID_REQUEST')
  }
  if (isTrusted || devices.isPaired(device.deviceId, device.publicKey)) return undefined
  const pending = devices.request({
    deviceId: device.deviceId,
    publicKey: device.publicKey,
    clientId: printable(connect.clientId, 64),
    clientMode: printable(connect.clientMode, 64),
    platform: printable(connect.platform, 64),
    role: printable(connect.role, 64),
    scopes: connect.scopes.map((scope) => printable(scope, 64)),
    remoteIp: request.socket.remoteAddress ?? '',
  })
  return { ...refuse('pairing required', 'NOT_PAIRED'), details: { requestId: pending.requestId } }
}

function refuse(message: string, code: string): Refusal {
  return { closeCode: 1008, code, message }
}
