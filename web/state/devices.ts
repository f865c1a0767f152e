import { computed } from '@preact/signals'
import type { DeviceList } from '../../contract/devices.ts'
import { createRemote, knownValue } from './remote.ts'

/** Browsers and devices of the gateway, as last read or told. */
export const devices = createRemote<DeviceList>()

export const pendingDevices = computed(() => knownValue(devices.value)?.pending ?? [])
/** Those that are let in. */
export const approvedDevices = computed(() =>
  (knownValue(devices.value)?.paired ?? []).filter(({ isRevoked }) => !isRevoked),
)
