import { expect, test } from 'vitest'
import { lastTellingLines } from './unit-words.ts'

const UNIT = 'razroom.service'
const SYSTEMD = [
  `${UNIT}: Main process exited, code=exited, status=126/n/a`,
  ...Array.from({ length: 9 }, (_, n) => `${UNIT}: Killing process ${n} (podman) with signal SIGKILL.`),
  `${UNIT}: Failed with result 'exit-code'.`,
  `Failed to start ${UNIT} - Razroom gateway of razroom.`,
]

test('what podman says is not pushed out by what systemd ends', () => {
  const hook = 'Error: OCI runtime error: crun: error executing hook `/bin/false` (exit code: 1)'
  const lines = [
    `Starting ${UNIT} - Razroom gateway of razroom...`,
    'conmon ff95bd63e52a <nwarn>: Failed to open cgroups file: /sys/fs/cgroup/memory.events',
    hook,
    ...SYSTEMD,
  ]
  expect(lastTellingLines(lines, UNIT, 8)).toEqual([hook])
})

test('where systemd alone has spoken, its last lines are told', () => {
  expect(lastTellingLines(SYSTEMD, UNIT, 2)).toEqual(SYSTEMD.slice(-2))
})
