import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createBackupTimer } from './backup-timer.ts'
import type { RunCommand } from './run-command.ts'

let directory = ''
let calls: string[] = []
const run: RunCommand = async (argv) => {
  calls.push(argv.filter((word) => !word.startsWith('--')).join(' '))
  return { exitCode: 0, stdout: '', stderrLines: [] }
}
beforeEach(async () => {
  calls = []
  directory = await mkdtemp(join(tmpdir(), 'razroom-timer-'))
})
afterEach(() => rm(directory, { recursive: true }))

it('puts a timer and its service in place, changes them, and takes them away', async () => {
  const { putBackupTimer } = createBackupTimer(run, directory)
  await putBackupTimer(null)
  expect(calls).toEqual([])
  await putBackupTimer('daily')
  expect(calls).toEqual([
    'systemctl daemon-reload',
    'systemctl enable razroom-panel-backup.timer',
    'systemctl restart razroom-panel-backup.timer',
  ])
  const timer = () => readFile(join(directory, 'razroom-panel-backup.timer'), 'utf8')
  expect(await timer()).toMatch(/^OnCalendar=daily\nRandomizedDelaySec=1h\nPersistent=true$/m)
  const service = await readFile(join(directory, 'razroom-panel-backup.service'), 'utf8')
  expect(service).toMatch(/^ExecStart=\/usr\/local\/bin\/razroom-panel backup --scheduled$/m)
  calls = []
  await putBackupTimer('daily')
  expect(calls).toEqual([
    'systemctl enable razroom-panel-backup.timer',
    'systemctl start razroom-panel-backup.timer',
  ])
  await putBackupTimer('weekly')
  expect(await timer()).toContain('OnCalendar=weekly')
  calls = []
  await putBackupTimer(null)
  expect(calls).toEqual(['systemctl disable razroom-panel-backup.timer', 'systemctl daemon-reload'])
  expect(await readdir(directory)).toEqual([])
})
