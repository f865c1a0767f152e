import type { DeviceStore } from './device-store.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import { BUNDLED_NOTICE, GATEWAY_VERSION, MOVE_TO_REAL_GATEWAY } from './version.ts'

/** What the methods of the WebSocket work with. */
export interface MethodContext {
  plan: GatewayPlan
  devices: DeviceStore
  /** milliseconds since 1970 */
  startedAt: number
  /** how many clients are connected */
  connections: number
  dropDevice(deviceId: string): void
}

/** The answer to one request. */
export type MethodResult =
  | { ok: true; payload: unknown }
  | { ok: false; error: { code: string; message: string } }

type Method = (params: Record<string, unknown>, context: MethodContext) => MethodResult

const methods: Record<string, Method> = {
  health: (_params, context) => ok({ ...vitals(context), channels: {}, agents: [], sessions: { count: 0 } }),
  status: (_params, context) => {
    const { bind, port, auth } = context.plan
    return ok({
      ...vitals(context),
      gateway: { bind, port, auth: { mode: auth.mode, source: auth.source } },
      connections: context.connections,
      notice: BUNDLED_NOTICE,
      moveToRealGateway: MOVE_TO_REAL_GATEWAY,
    })
  },
  'device.pair.list': (_params, { devices }) => ok(devices.list()),
  'device.pair.approve': ({ requestId }, { devices }) => {
    const device = devices.approve(String(requestId))
    return device ? ok({ requestId, device }) : unknown('requestId')
  },
  'device.pair.reject': ({ requestId }, { devices }) => {
    const device = devices.reject(String(requestId))
    return device ? ok({ requestId, deviceId: device.deviceId }) : unknown('requestId')
  },
  'device.pair.remove': ({ deviceId }, { devices, dropDevice }) => {
    const device = devices.remove(String(deviceId))
    if (!device) return unknown('deviceId')
    dropDevice(device.deviceId)
    return ok({ deviceId: device.deviceId, revokedAtMs: Date.now() })
  },
}

/** Every method a connected client may call. */
export const methodNames = Object.keys(methods)

/** Performs one method. @throws the system error when the device files can't be read or written */
export function runMethod(
  name: string,
  params: Record<string, unknown>,
  context: MethodContext,
): MethodResult {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (method) return method(params, context)
  return { ok: false, error: { code: 'INVALID_REQUEST', message: 'unknown method' } }
}

function vitals({ startedAt }: MethodContext) {
  const now = Date.now()
  return { ok: true, ts: now, version: GATEWAY_VERSION, bundled: true, startedAt, uptimeMs: now - startedAt }
}

function ok(payload: unknown): MethodResult {
  return { ok: true, payload }
}

function unknown(what: string): MethodResult {
  return { ok: false, error: { code: 'INVALID_REQUEST', message: `unknown ${what}` } }
}
