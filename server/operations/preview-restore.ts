import type { RestorePreview, RestoreRequest } from '../../contract/backups.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { InputError, PanelError } from '../errors.ts'
import type { BackupSource, Host, Watch } from '../host/host.ts'
import { compareBackup, tokenOfBackup, treeOf } from './compare-backup.ts'
import { readEffectiveToken } from './gateway-files.ts'

const SHOWN_FILES = 500

/** @throws {InputError} REQUEST_INVALID neither a name nor a path, or both */
export function sourceOf({ name, path }: RestoreRequest): BackupSource {
  if (name !== undefined && path === undefined) return { name }
  if (path !== undefined && name === undefined) return { path }
  const fields = [{ path: 'body.name', message: 'either this or body.path' }]
  throw new InputError('REQUEST_INVALID', { detail: 'name a backup or a file, one of the two', fields })
}

/**
 * What a restore would do. Reads all of the backup and all that it would replace; changes nothing.
 * @throws {InputError} BACKUP_INVALID, ARCHIVE_NOT_FOUND, REQUEST_INVALID
 * @throws {NotFoundError} BACKUP_NOT_FOUND
 */
export async function previewRestore(
  host: Host,
  request: RestoreRequest,
  watch?: Watch,
): Promise<RestorePreview> {
  const backup = await host.verifyBackup(sourceOf(request), watch)
  const { manifest } = backup
  const { settings } = await host.readState()
  const user = settings ? await host.findUser(settings.user) : null
  const present =
    settings && user ? await host.listGatewayTree(user, treeOf(gatewayPaths(user, settings)), watch) : []
  const { files, counts, kept } = compareBackup(backup, present, request.includeWorkspace ?? true)
  const token = user ? await readTokenOrNull(host, user) : null
  return {
    createdAt: manifest.createdAt,
    panelVersion: manifest.panelVersion,
    includesWorkspace: manifest.includesWorkspace,
    files: files.slice(0, SHOWN_FILES).map((file) => ({ ...file })),
    counts,
    kept,
    changesToken: tokenOfBackup(backup) !== token,
  }
}

/** Files that the gateway cannot read are a reason to restore, not to refuse it. */
async function readTokenOrNull(
  host: Host,
  user: NonNullable<Awaited<ReturnType<Host['findUser']>>>,
): Promise<string | null> {
  try {
    return (await readEffectiveToken(host, user))?.token ?? null
  } catch (error) {
    if (error instanceof PanelError && error.code !== 'INTERNAL') return null
    throw error
  }
}
