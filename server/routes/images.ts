import { NotFoundError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type ImagesKeys =
  | 'GET /api/images'
  | 'POST /api/image/update'
  | 'POST /api/image/rollback'
  | 'POST /api/images/prune'
  | 'GET /api/registry-logins'
  | 'POST /api/registry-logins'
  | 'DELETE /api/registry-logins'
  | 'POST /api/uploads'

export function imageRoutes(_deps: PanelDeps): Pick<Handlers, ImagesKeys> {
  const unbuilt = () => {
    throw new NotFoundError('NOT_FOUND')
  }
  return {
    'GET /api/images': unbuilt,
    'POST /api/image/update': unbuilt,
    'POST /api/image/rollback': unbuilt,
    'POST /api/images/prune': unbuilt,
    'GET /api/registry-logins': unbuilt,
    'POST /api/registry-logins': unbuilt,
    'DELETE /api/registry-logins': unbuilt,
    'POST /api/uploads': unbuilt,
  }
}
