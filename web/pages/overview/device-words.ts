import type { PairedDevice, PendingDevice } from '../../../contract/devices.ts'
import { shortId } from '../../ui/format.ts'

/** What a device is called where one line has to do: its own words, else the beginning of its id. */
export function deviceName(device: PendingDevice | PairedDevice): string {
  return device.name ?? device.client ?? `Device ${shortId(deviceKey(device))}`
}

/** The id of the device itself; of a request that names none, its own. */
export function deviceKey(device: PendingDevice | PairedDevice): string {
  return 'deviceId' in device && device.deviceId !== undefined ? device.deviceId : device.id
}

/** What else it says of itself. */
export function deviceClaims(device: PendingDevice | PairedDevice): string {
  const { name, client, platform, role, ip } = device
  return [
    name === undefined ? undefined : client,
    platform,
    role === undefined ? undefined : `role ${role}`,
    ip === undefined ? undefined : `from ${ip}`,
  ]
    .filter((text) => text !== undefined)
    .join(', ')
}
