import type { Handlers } from '../http/bind-routes.ts'
import { openApiDocument } from '../http/openapi.ts'
import { readExport } from '../operations/read-export.ts'
import type { PanelDeps } from './deps.ts'

type ExportKeys = 'GET /api/export/:format' | 'POST /api/export/:format/reveal' | 'GET /api/openapi.json'

export function exportRoutes({ host, monitor, cookieName }: PanelDeps): Pick<Handlers, ExportKeys> {
  return {
    'GET /api/export/:format': ({ params }) => readExport(host, params.format, false),
    'POST /api/export/:format/reveal': ({ params }) => readExport(host, params.format, true),
    'GET /api/openapi.json': async () => openApiDocument((await monitor.read()).panel.version, cookieName),
  }
}
