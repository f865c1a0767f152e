import type { Handlers } from '../http/bind-routes.ts'
import {
  checkConfigText,
  readConfigDocument,
  restoreConfig,
  revealConfig,
  saveConfig,
} from '../operations/edit-config.ts'
import { listFileVersions, readVersionDifference } from '../operations/read-versions.ts'
import type { PanelDeps } from './deps.ts'
import { lookAfterSave } from './look-after-save.ts'

type ConfigKeys =
  | 'GET /api/config'
  | 'POST /api/config/reveal'
  | 'PUT /api/config'
  | 'POST /api/config/check'
  | 'GET /api/config/versions'
  | 'GET /api/config/versions/:id'
  | 'POST /api/config/versions/:id/restore'

export function configRoutes({ host, bus, monitor }: PanelDeps): Pick<Handlers, ConfigKeys> {
  async function tell<T extends { etag: string }>(saved: T): Promise<T> {
    bus.publish({ type: 'config.changed', etag: saved.etag })
    await lookAfterSave(monitor)
    return saved
  }
  return {
    'GET /api/config': async ({ reply }) => {
      const document = await readConfigDocument(host)
      reply.header('etag', `"${document.etag}"`)
      return document
    },
    'POST /api/config/reveal': () => revealConfig(host),
    'PUT /api/config': async ({ body, ifMatch, request, reply }) => {
      const saved = await saveConfig(host, body, ifMatch, { by: request.startedBy })
      reply.header('etag', `"${saved.etag}"`)
      return tell(saved)
    },
    'POST /api/config/check': ({ body }) => checkConfigText(host, body.text),
    'GET /api/config/versions': () => listFileVersions(host, 'config'),
    'GET /api/config/versions/:id': ({ params, query }) =>
      readVersionDifference(host, 'config', params.id, query.against),
    'POST /api/config/versions/:id/restore': async ({ params, ifMatch, request, reply }) => {
      const author = { by: request.startedBy, reason: 'go-back' }
      const saved = await restoreConfig(host, params.id, ifMatch, author)
      reply.header('etag', `"${saved.etag}"`)
      return tell(saved)
    },
  }
}
