/** The timer of the system that makes scheduled backups where systemd is there (systemd.timer(5)). */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeOwnFile } from './durable-file.ts'
import type { RunCommand } from './run-command.ts'

const UNIT_DIR = '/etc/systemd/system'
const TIMER = 'razroom-panel-backup.timer'
const SERVICE = 'razroom-panel-backup.service'
const PROGRAM = '/usr/local/bin/razroom-panel'
const TIMEOUT_MS = 60_000

export interface BackupTimer {
  /** Puts the timer in place and starts it, or takes it away (null). No error when it is so already. */
  putBackupTimer(every: 'daily' | 'weekly' | null): Promise<void>
}

/** Another operation may run at that moment: it is tried again, for some two hours. */
const SERVICE_TEXT = `[Unit]
Description=Scheduled backup of the Razroom gateway
StartLimitIntervalSec=6h
StartLimitBurst=8

[Service]
Type=oneshot
ExecStart=${PROGRAM} backup --scheduled
TimeoutStartSec=6h
Restart=on-failure
RestartSec=15min
UMask=0077
Nice=10
IOSchedulingClass=idle
`

/** A machine that was off at the time makes it up. */
function timerText(every: 'daily' | 'weekly'): string {
  return `[Unit]
Description=Scheduled backups of the Razroom gateway (${every})

[Timer]
OnCalendar=${every}
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`
}

/** @param unitDir where root's own units lie */
export function createBackupTimer(run: RunCommand, unitDir = UNIT_DIR): BackupTimer {
  const systemctl = (...args: string[]) =>
    run(['systemctl', '--no-ask-password', ...args], { timeoutMs: TIMEOUT_MS })
  const [timer, service] = [join(unitDir, TIMER), join(unitDir, SERVICE)]
  return {
    async putBackupTimer(every) {
      if (every !== null) {
        const changes = [await put(service, SERVICE_TEXT), await put(timer, timerText(every))]
        if (changes.includes(true)) await systemctl('daemon-reload')
        await systemctl('enable', '--quiet', TIMER)
        await systemctl(changes.includes(true) ? 'restart' : 'start', TIMER)
        return
      }
      if ((await read(timer)) === null && (await read(service)) === null) return
      if ((await read(timer)) !== null) await systemctl('disable', '--quiet', '--now', TIMER)
      await rm(timer, { force: true })
      await rm(service, { force: true })
      await systemctl('daemon-reload')
    },
  }
}

/** @returns true when it was written */
async function put(path: string, text: string): Promise<boolean> {
  if ((await read(path)) === text) return false
  await writeOwnFile(path, text, 0o644)
  return true
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
