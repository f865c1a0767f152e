/** The panel's own directory of backups. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { type BackupEntry, BackupName } from '../../../contract/backups.ts'
import { NotFoundError, PanelError } from '../../errors.ts'
import { openArchive } from './archive-files.ts'
import { compressionOf } from './format.ts'
import { readFactsOnly } from './scan-archive.ts'

/** @throws {NotFoundError} BACKUP_NOT_FOUND */
export async function findOwn(directory: string, name: string): Promise<string> {
  const path = join(directory, name)
  const found = Value.Check(BackupName, name) ? await lstat(path).catch(() => null) : null
  if (!found?.isFile()) throw new NotFoundError('BACKUP_NOT_FOUND', { detail: name })
  return path
}

/** @throws {NotFoundError} BACKUP_NOT_FOUND */
export async function openOwn(directory: string, name: string): ReturnType<typeof openArchive> {
  return openArchive(await findOwn(directory, name))
}

/** Newest first; what is no backup is told in the log and not listed. */
export async function listBackups(directory: string): Promise<BackupEntry[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const entries: BackupEntry[] = []
  for (const name of names) {
    if (compressionOf(name) === null || !Value.Check(BackupName, name)) continue
    const { stream, sizeBytes } = await openOwn(directory, name)
    try {
      const { createdAt, reason, includesWorkspace } = await readFactsOnly(stream)
      entries.push({ name, path: join(directory, name), createdAt, sizeBytes, reason, includesWorkspace })
    } catch (error) {
      if (!(error instanceof PanelError)) throw error
      console.error(`backups: ${join(directory, name)}: ${error.message}`)
    }
  }
  return entries.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}
