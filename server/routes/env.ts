import type { EnvSaved } from '../../contract/env.ts'
import { isEnvKey } from '../../contract/rules.ts'
import { addAuditDetail } from '../http/audit-hook.ts'
import type { Handlers } from '../http/bind-routes.ts'
import {
  checkEnvText,
  readEnvDocument,
  restoreEnv,
  revealEnv,
  type SavedEnv,
  saveEnv,
} from '../operations/edit-env.ts'
import { listFileVersions, readVersionDifference } from '../operations/read-versions.ts'
import type { PanelDeps } from './deps.ts'
import { lookAfterSave } from './look-after-save.ts'

type EnvKeys =
  | 'GET /api/env'
  | 'POST /api/env/reveal'
  | 'PUT /api/env'
  | 'POST /api/env/check'
  | 'GET /api/env/versions'
  | 'GET /api/env/versions/:id'
  | 'POST /api/env/versions/:id/restore'

export function envRoutes({ host, bus, monitor }: PanelDeps): Pick<Handlers, EnvKeys> {
  async function tell(saved: SavedEnv): Promise<EnvSaved> {
    bus.publish({ type: 'env.changed', etag: saved.etag })
    const status = await lookAfterSave(monitor)
    return { ...saved, restartRequired: status?.restartRequired ?? false }
  }
  return {
    'GET /api/env': async ({ reply }) => {
      const document = await readEnvDocument(host)
      reply.header('etag', `"${document.etag}"`)
      return document
    },
    'POST /api/env/reveal': async ({ body, request }) => {
      const { key, ...revealed } = await revealEnv(host, body.line)
      if (key !== undefined && isEnvKey(key)) addAuditDetail(request, 'variable', key)
      return revealed
    },
    'PUT /api/env': async ({ body, ifMatch, request, reply }) => {
      const saved = await saveEnv(host, body, ifMatch, { by: request.startedBy })
      reply.header('etag', `"${saved.etag}"`)
      return tell(saved)
    },
    'POST /api/env/check': ({ body }) => checkEnvText(body.text),
    'GET /api/env/versions': () => listFileVersions(host, 'env'),
    'GET /api/env/versions/:id': ({ params, query }) =>
      readVersionDifference(host, 'env', params.id, query.against),
    'POST /api/env/versions/:id/restore': async ({ params, ifMatch, request, reply }) => {
      const author = { by: request.startedBy, reason: 'go-back' }
      const saved = await restoreEnv(host, params.id, ifMatch, author)
      reply.header('etag', `"${saved.etag}"`)
      return tell(saved)
    },
  }
}
