/** Backups that are made by themselves: when, how many are kept, and what makes them. */
import type { BackupEntry } from '../../contract/backups.ts'
import { type BackupSchedule, defaultSettings } from '../../contract/settings.ts'
import type { Host } from '../host/host.ts'
import { backupStep } from './backup.ts'
import type { OperationPlan, Step } from './runner.ts'

const DAY_MS = 86_400_000
const INTERVAL_MS = { daily: DAY_MS, weekly: 7 * DAY_MS } as const

export async function readBackupSchedule(host: Host): Promise<BackupSchedule> {
  return ((await host.readState()).settings ?? defaultSettings()).backupSchedule
}

/**
 * Makes systemd follow the schedule: a timer of the system that calls the panel, or none. Without systemd the daemon
 * looks by itself (backup-clock.ts).
 */
export async function applyBackupSchedule(host: Host, { every }: BackupSchedule): Promise<void> {
  if (!(await host.readFacts()).hasSystemd) return
  await host.putBackupTimer(every === 'off' ? null : every)
}

/** True when the newest scheduled backup is older than the schedule wants it, or there is none. */
export function isBackupDue(
  { every }: BackupSchedule,
  backups: readonly BackupEntry[],
  now: number,
): boolean {
  if (every === 'off') return false
  const times = backups
    .filter(({ reason }) => reason === 'schedule')
    .map(({ createdAt }) => Date.parse(createdAt))
  return times.every((time) => now - time >= INTERVAL_MS[every])
}

/** The scheduled backups beyond the number to keep; those that a person or an operation made are never among them. */
export function expiredBackups(backups: readonly BackupEntry[], keep: number): BackupEntry[] {
  return backups
    .filter(({ reason }) => reason === 'schedule')
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    .slice(keep)
}

/** One backup as the schedule has it, and the old ones of the schedule removed. */
export async function scheduledBackup(host: Host): Promise<OperationPlan> {
  const { includeWorkspace } = await readBackupSchedule(host)
  return { kind: 'backup', steps: [backupStep(host, 'schedule', { includeWorkspace }), expireStep(host)] }
}

/** Only after the new one was verified: a disk that is full does not cost the last good one. */
function expireStep(host: Host): Step {
  return {
    id: 'expire-backups',
    title: 'Remove old scheduled backups',
    async run(context) {
      const { keep } = await readBackupSchedule(host)
      const expired = expiredBackups(await host.listBackups(), keep)
      context.found(`the newest ${keep} of the schedule are kept`)
      if (expired.length === 0) return
      context.command(`sudo rm ${expired.map(({ path }) => path).join(' ')}`)
      for (const { name } of expired) await host.removeBackup(name)
      context.did(`removed ${expired.map(({ name }) => name).join(', ')}`)
    },
  }
}
