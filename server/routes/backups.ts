import { NotFoundError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

type BackupsKeys =
  | 'GET /api/backups'
  | 'POST /api/backup'
  | 'POST /api/backups/:name/download'
  | 'DELETE /api/backups/:name'
  | 'POST /api/restore/preview'
  | 'POST /api/restore'

export function backupRoutes(_deps: PanelDeps): Pick<Handlers, BackupsKeys> {
  const unbuilt = () => {
    throw new NotFoundError('NOT_FOUND')
  }
  return {
    'GET /api/backups': unbuilt,
    'POST /api/backup': unbuilt,
    'POST /api/backups/:name/download': unbuilt,
    'DELETE /api/backups/:name': unbuilt,
    'POST /api/restore/preview': unbuilt,
    'POST /api/restore': unbuilt,
  }
}
