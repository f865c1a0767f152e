/** Endpoints of the browsers and devices that the gateway knows. */
import { DeviceList, deviceParams } from './devices.ts'
import type { Endpoint } from './endpoint.ts'

export const DEVICE_ENDPOINTS = {
  'GET /api/devices': {
    access: 'session',
    summary: 'Browsers and devices that wait for approval, and those that have it',
    response: DeviceList,
  },
  'POST /api/devices/:id/approve': {
    access: 'session',
    summary: 'Let a waiting device in; the list after it',
    params: deviceParams,
    response: DeviceList,
  },
  'POST /api/devices/:id/reject': {
    access: 'session',
    summary: 'Refuse a waiting device; the list after it',
    params: deviceParams,
    response: DeviceList,
  },
  'POST /api/devices/:id/revoke': {
    access: 'session',
    summary: 'Take the approval of a device back; the list after it',
    params: deviceParams,
    response: DeviceList,
  },
} as const satisfies Record<string, Endpoint>
