import type { Handlers } from '../http/bind-routes.ts'
import { checkEnvText, readEnvDocument, revealEnv, saveEnv } from '../operations/edit-env.ts'
import type { PanelDeps } from './deps.ts'

type EnvKeys = 'GET /api/env' | 'POST /api/env/reveal' | 'PUT /api/env' | 'POST /api/env/check'

export function envRoutes({ host, bus, monitor }: PanelDeps): Pick<Handlers, EnvKeys> {
  return {
    'GET /api/env': async ({ reply }) => {
      const document = await readEnvDocument(host)
      reply.header('etag', `"${document.etag}"`)
      return document
    },
    'POST /api/env/reveal': ({ body }) => revealEnv(host, body.line),
    'PUT /api/env': async ({ body, ifMatch, reply }) => {
      const saved = await saveEnv(host, body, ifMatch)
      reply.header('etag', `"${saved.etag}"`)
      bus.publish({ type: 'env.changed', etag: saved.etag })
      await monitor.refresh()
      return saved
    },
    'POST /api/env/check': ({ body }) => checkEnvText(body.text),
  }
}
