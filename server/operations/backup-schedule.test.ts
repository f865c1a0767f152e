import { expect, it, test } from 'vitest'
import type { BackupEntry, BackupReason } from '../../contract/backups.ts'
import { expiredBackups, isBackupDue } from './backup-schedule.ts'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const HOUR_MS = 3_600_000

function entry(hoursAgo: number, reason: BackupReason = 'schedule'): BackupEntry {
  const createdAt = new Date(NOW - hoursAgo * HOUR_MS).toISOString()
  const name = `${reason}-${hoursAgo}.tar.zst`
  return { name, path: `/x/${name}`, createdAt, sizeBytes: 1, reason, includesWorkspace: true }
}

const schedule = (every: 'off' | 'daily' | 'weekly') => ({ every, keep: 2, includeWorkspace: true })

test.each([
  ['off', [], false],
  ['daily', [], true],
  ['daily', [entry(23)], false],
  ['daily', [entry(24)], true],
  ['daily', [entry(90), entry(2)], false],
  ['daily', [entry(1, 'manual'), entry(1, 'update')], true],
  ['weekly', [entry(24 * 6)], false],
  ['weekly', [entry(24 * 7)], true],
] as const)('%s after %j is due: %s', (every, backups, isDue) => {
  expect(isBackupDue(schedule(every), backups, NOW)).toBe(isDue)
})

it('lets go of the oldest scheduled ones only', () => {
  const backups = [entry(1), entry(5), entry(3), entry(90, 'manual'), entry(91, 'restore'), entry(4)]
  expect(expiredBackups(backups, 2).map(({ name }) => name)).toEqual([
    'schedule-4.tar.zst',
    'schedule-5.tar.zst',
  ])
  expect(expiredBackups(backups, 4)).toEqual([])
  expect(expiredBackups([], 1)).toEqual([])
})
