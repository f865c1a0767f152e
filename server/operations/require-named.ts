import { isAbsolutePath } from '../../contract/rules.ts'
import type { ImageSource } from '../../contract/settings.ts'
import type { Host } from '../host/host.ts'

/**
 * Refuses at once what a request names and root has not allowed, so that whoever sent it can try again as it is. What is
 * not there, or no path at all, the operation says with more words.
 * @throws AuthError USER_NOT_ADMITTED, PATH_NOT_ADMITTED
 */
export async function requireNamed(
  host: Host,
  { user, image }: { readonly user?: string; readonly image?: ImageSource },
): Promise<void> {
  if (user !== undefined && (await host.findUser(user)) !== null) await host.requireAdmitted({ user })
  if (image && 'path' in image && isAbsolutePath(image.path)) await host.requireAdmitted({ path: image.path })
}
