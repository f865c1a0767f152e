import { NotFoundError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type UnitKeys = 'GET /api/unit' | 'POST /api/unit/replace' | 'POST /api/mode'

export function unitRoutes(_deps: PanelDeps): Pick<Handlers, UnitKeys> {
  const unbuilt = () => {
    throw new NotFoundError('NOT_FOUND')
  }
  return {
    'GET /api/unit': unbuilt,
    'POST /api/unit/replace': unbuilt,
    'POST /api/mode': unbuilt,
  }
}
