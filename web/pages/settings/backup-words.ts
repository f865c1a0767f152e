import type { BackupEntry, BackupReason } from '../../../contract/backups.ts'

/** Why a backup was made. */
export const REASON_WORDS: Readonly<Record<BackupReason, string>> = {
  manual: 'made by hand',
  schedule: 'by the schedule',
  update: 'before an update',
  restore: 'before a restore',
  adoption: 'before the gateway was taken over',
  purge: 'before everything was removed',
}

/** Where the backups lie, each directory once. */
export function backupDirectories(list: readonly Pick<BackupEntry, 'path'>[]): string[] {
  return [...new Set(list.map(({ path }) => path.slice(0, path.lastIndexOf('/')) || '/'))]
}
