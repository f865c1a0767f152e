import { NotFoundError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type ExportKeys = 'GET /api/export/:format' | 'POST /api/export/:format/reveal' | 'GET /api/openapi.json'

export function exportRoutes(_deps: PanelDeps): Pick<Handlers, ExportKeys> {
  const unbuilt = () => {
    throw new NotFoundError('NOT_FOUND')
  }
  return {
    'GET /api/export/:format': unbuilt,
    'POST /api/export/:format/reveal': unbuilt,
    'GET /api/openapi.json': unbuilt,
  }
}
