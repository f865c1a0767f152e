import type { PruneRequest, RegistryLoginRequest, UpdateRequest } from '../../contract/images.ts'
import { images, registryLogins } from '../state/settings.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads the images of the gateway's user. */
export async function loadImages(): Promise<void> {
  await loadInto(images, () => api('GET /api/images'))
}

/** Starts an update; an empty request brings the present source anew. @throws {ApiProblem} ARCHIVE_NOT_FOUND, REPO_NOT_FOUND */
export async function updateImage(request: UpdateRequest): Promise<void> {
  await api('POST /api/image/update', { body: request })
}

/** Removes images. @param ids of images that nobody needs @throws {ApiProblem} IMAGE_IN_USE */
export async function pruneImages(ids: PruneRequest['ids']): Promise<void> {
  await api('POST /api/images/prune', { body: { ids } })
}

/** Reads which registries the gateway's user is logged in to. */
export async function loadRegistryLogins(): Promise<void> {
  await loadInto(registryLogins, () => api('GET /api/registry-logins'))
}

/** Logs in, after a confirmation. The password is not kept here. @throws {ApiProblem} REGISTRY_LOGIN_FAILED */
export async function logInToRegistry(request: RegistryLoginRequest): Promise<void> {
  await api('POST /api/registry-logins', { body: request })
  await loadRegistryLogins()
}

/** Forgets a login. @param registry as the list names it */
export async function logOutOfRegistry(registry: string): Promise<void> {
  await api('DELETE /api/registry-logins', { body: { registry } })
  await loadRegistryLogins()
}
