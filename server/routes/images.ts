import type { Handlers } from '../http/bind-routes.ts'
import { requireUser } from '../operations/gateway-files.ts'
import { pruneImages, readImages } from '../operations/prune-images.ts'
import { requireNamed } from '../operations/require-named.ts'
import { rollbackImage } from '../operations/rollback-image.ts'
import { updateImage } from '../operations/update-image.ts'
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

export function imageRoutes({ host, runner, remember }: PanelDeps): Pick<Handlers, ImagesKeys> {
  return {
    'GET /api/images': () => readImages(host),
    'POST /api/image/update': async ({ body, request }) => {
      await requireNamed(host, body)
      const { id } = await runner.start(updateImage(host, body), request.startedBy)
      return { operationId: id }
    },
    'POST /api/image/rollback': async ({ request }) => {
      const { id } = await runner.start(rollbackImage(host), request.startedBy)
      return { operationId: id }
    },
    'POST /api/images/prune': async ({ body, request }) => {
      const { id } = await runner.start(pruneImages(host, body.ids), request.startedBy)
      return { operationId: id }
    },
    'GET /api/registry-logins': async () => {
      const { user } = await requireUser(host)
      return [...(await host.listRegistryLogins(user))]
    },
    'POST /api/registry-logins': async ({ body }) => {
      const { user } = await requireUser(host)
      remember(body.password)
      await host.loginRegistry(user, body)
      return null
    },
    'DELETE /api/registry-logins': async ({ body }) => {
      const { user } = await requireUser(host)
      await host.logoutRegistry(user, body.registry)
      return null
    },
    'POST /api/uploads': ({ upload }) => host.saveUpload(upload.stream, upload.sizeBytes),
  }
}
