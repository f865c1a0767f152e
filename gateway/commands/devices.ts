import { type CliContext, toJson, usageError, warningBox } from '../cli-context.ts'
import { isRecord } from '../config-schema.ts'
import { type ConnectFlags, callGateway } from '../rpc-client.ts'

const actions = {
  approve: { method: 'device.pair.approve', parameter: 'requestId', done: 'Approved' },
  reject: { method: 'device.pair.reject', parameter: 'requestId', done: 'Rejected' },
  revoke: { method: 'device.pair.remove', parameter: 'deviceId', done: 'Revoked' },
} as const

/**
 * `devices list|approve|reject|revoke`: asks the running gateway, which alone writes the device files.
 * @param operands the action and, but for `list`, the id of the request (or of the device for `revoke`)
 * @throws {FatalError} not reachable, unknown id, wrong usage
 */
export async function devicesCommand(
  context: CliContext,
  flags: ConnectFlags & { device?: string | undefined },
  operands: readonly string[],
  asJson: boolean,
): Promise<string> {
  const [name = 'list', id = flags.device, ...rest] = operands
  if (rest.length > 0) throw usageError(`too many arguments for devices ${name}`)
  if (name === 'list') {
    const list = await callGateway(context, flags, 'device.pair.list')
    return asJson ? `${warningBox()}${toJson(list)}` : describeList(list)
  }
  if (name !== 'approve' && name !== 'reject' && name !== 'revoke') {
    throw usageError(`unknown command 'devices ${name}'`)
  }
  const { method, parameter, done } = actions[name]
  if (!id) throw usageError(`missing required argument '${parameter}' of devices ${name}`)
  const result = await callGateway(context, flags, method, { [parameter]: id })
  return asJson ? toJson(result) : `${done} ${id}\n`
}

function describeList(list: unknown): string {
  if (!isRecord(list)) throw new Error(`devices list: unexpected answer ${JSON.stringify(list)}`)
  const section = (name: string, key: string) => {
    const devices = list[key]
    if (!Array.isArray(devices) || devices.length === 0) return `${name}: none\n`
    const rows = devices.filter(isRecord).map((device) => {
      const id = String(device.requestId ?? device.deviceId)
      return `  ${id}  ${String(device.clientId ?? '')}  ${String(device.platform ?? '')}  ${String(device.remoteIp ?? '')}`
    })
    return `${name} (${rows.length}):\n${rows.join('\n')}\n`
  }
  return section('Pending', 'pending') + section('Paired', 'paired')
}
