import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type DeviceKeys =
  | 'GET /api/devices'
  | 'POST /api/devices/:id/approve'
  | 'POST /api/devices/:id/reject'
  | 'POST /api/devices/:id/revoke'

export function deviceRoutes({ devices }: PanelDeps): Pick<Handlers, DeviceKeys> {
  return {
    'GET /api/devices': () => devices.read(),
    'POST /api/devices/:id/approve': ({ params }) => devices.act('approve', params.id),
    'POST /api/devices/:id/reject': ({ params }) => devices.act('reject', params.id),
    'POST /api/devices/:id/revoke': ({ params }) => devices.act('revoke', params.id),
  }
}
