import type { BackupRequest } from '../../contract/backups.ts'
import { InputError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { backupGateway } from '../operations/backup.ts'
import { scheduledBackup } from '../operations/backup-schedule.ts'
import { previewRestore } from '../operations/preview-restore.ts'
import { restoreGateway } from '../operations/restore.ts'
import type { PanelDeps } from './deps.ts'

type BackupsKeys =
  | 'GET /api/backups'
  | 'POST /api/backup'
  | 'POST /api/backups/:name/download'
  | 'DELETE /api/backups/:name'
  | 'POST /api/restore/preview'
  | 'POST /api/restore'

export function backupRoutes({ host, runner }: PanelDeps): Pick<Handlers, BackupsKeys> {
  return {
    'GET /api/backups': async () => (await host.listBackups()).map((entry) => ({ ...entry })),
    'POST /api/backup': async ({ body, request }) => {
      const { scheduled = false, ...wish } = body
      const plan = scheduled ? await scheduledBackup(host) : backupGateway(host, wish)
      if (scheduled) refuseWishes(wish)
      const { id } = await runner.start(plan, request.startedBy)
      return { operationId: id }
    },
    'POST /api/backups/:name/download': async ({ params }) => {
      const { stream, sizeBytes } = await host.openBackup(params.name)
      return { stream, sizeBytes, filename: params.name }
    },
    'DELETE /api/backups/:name': async ({ params }) => {
      await host.removeBackup(params.name)
      return null
    },
    'POST /api/restore/preview': async ({ body, reply }) => {
      // Reading a large backup for somebody who has left would be for nothing.
      const left = new AbortController()
      reply.raw.once('close', () => left.abort())
      return previewRestore(host, body, { signal: left.signal })
    },
    'POST /api/restore': async ({ body, request }) => {
      const { id } = await runner.start(restoreGateway(host, body), request.startedBy)
      return { operationId: id }
    },
  }
}

function refuseWishes(wish: Omit<BackupRequest, 'scheduled'>): void {
  const named = Object.keys(wish)
  if (named.length === 0) return
  throw new InputError('REQUEST_INVALID', {
    detail: 'a scheduled backup is made as the settings say',
    fields: named.map((name) => ({ path: `body.${name}`, message: 'not together with scheduled' })),
  })
}
