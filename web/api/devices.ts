import type { DeviceList } from '../../contract/devices.ts'
import { devices } from '../state/devices.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads the devices. A failure becomes part of the state. */
export async function loadDevices(): Promise<void> {
  await loadInto(devices, () => api('GET /api/devices'))
}

/** Takes in what the panel answered, unless something newer is known. */
export function setDevices(list: DeviceList): void {
  const known = devices.value
  if (known.kind === 'known' && known.value.at > list.at) return
  devices.value = { kind: 'known', value: list }
}

/** @param id of the request @throws {ApiProblem} DEVICE_NOT_FOUND, GATEWAY_NOT_RUNNING, GATEWAY_COMMAND_FAILED */
export async function approveDevice(id: string): Promise<void> {
  setDevices(await api('POST /api/devices/:id/approve', { params: { id } }))
}

/** @param id of the request @throws {ApiProblem} as {@link approveDevice} */
export async function rejectDevice(id: string): Promise<void> {
  setDevices(await api('POST /api/devices/:id/reject', { params: { id } }))
}

/** @param id of the device @throws {ApiProblem} as {@link approveDevice} */
export async function revokeDevice(id: string): Promise<void> {
  setDevices(await api('POST /api/devices/:id/revoke', { params: { id } }))
}
