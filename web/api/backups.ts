import type { BackupRequest, RestorePreview, RestoreRequest } from '../../contract/backups.ts'
import { backups } from '../state/settings.ts'
import { api } from './client.ts'
import { saveDownload } from './download.ts'
import { loadInto } from './load.ts'
import type { Progress } from './transfer.ts'

/** Reads the backups in the panel's own directory. */
export async function loadBackups(): Promise<void> {
  await loadInto(backups, () => api('GET /api/backups'))
}

/** Starts a backup, after a confirmation. @throws {ApiProblem} OPERATION_RUNNING, DISK_FULL */
export async function makeBackup(request: BackupRequest): Promise<void> {
  await api('POST /api/backup', { body: request })
}

/** Brings a backup to the person's own machine, after a confirmation: it has every secret of the gateway. */
export async function downloadBackup(name: string, onProgress: (progress: Progress) => void): Promise<void> {
  await saveDownload(`/api/backups/${encodeURIComponent(name)}/download`, name, onProgress)
}

/** Removes a backup for good, after a confirmation. @throws {ApiProblem} BACKUP_NOT_FOUND */
export async function deleteBackup(name: string): Promise<void> {
  await api('DELETE /api/backups/:name', { params: { name } })
  await loadBackups()
}

/** What a restore would change; nothing is. @throws {ApiProblem} BACKUP_INVALID, BACKUP_NOT_FOUND */
export async function previewRestore(request: RestoreRequest): Promise<RestorePreview> {
  return api('POST /api/restore/preview', { body: request })
}

/** Starts a restore, after a confirmation; what it replaces is backed up first. @throws {ApiProblem} BACKUP_INVALID */
export async function restoreBackup(request: RestoreRequest): Promise<void> {
  await api('POST /api/restore', { body: request })
}
