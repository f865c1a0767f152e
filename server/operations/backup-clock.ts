/** Makes scheduled backups where there is no systemd to do it: looks now and then whether one is due. */
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { isBackupDue, readBackupSchedule, scheduledBackup } from './backup-schedule.ts'
import type { Runner } from './runner.ts'

const LOOK_EVERY_MS = 60_000
/** After one that failed: a full disk does not become a loop. */
const RETRY_AFTER_MS = 900_000

export interface BackupClock {
  run(): void
  close(): void
}

export function createBackupClock(host: Host, runner: Runner, lookEveryMs = LOOK_EVERY_MS): BackupClock {
  let timer: NodeJS.Timeout | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let isLooking = false

  async function look(): Promise<void> {
    const schedule = await readBackupSchedule(host)
    if (schedule.every === 'off' || runner.runningId() !== null) return
    if (Date.now() - triedAt < RETRY_AFTER_MS || (await host.readFacts()).hasSystemd) return
    if (!isBackupDue(schedule, await host.listBackups(), Date.now())) return
    triedAt = Date.now()
    await runner.start(await scheduledBackup(host), 'api')
  }

  return {
    run() {
      timer = setInterval(() => {
        if (isLooking) return
        isLooking = true
        look()
          .catch((error: unknown) =>
            console.error('scheduled backup:', error instanceof PanelError ? error.message : error),
          )
          .finally(() => {
            isLooking = false
          })
      }, lookEveryMs)
    },
    close() {
      clearInterval(timer)
    },
  }
}
