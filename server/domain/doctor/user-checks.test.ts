import { expect, test } from 'vitest'
import { checkFiles, checkIdRanges, checkLinger, checkUserManager } from './user-checks.ts'

const user = { name: 'razroom', uid: 900, gid: 900 }
const own = { owner: 'razroom', start: 100_000, count: 65_536 }
const paths = {
  configDir: '/home/razroom/.razroom',
  envFile: '/home/razroom/.razroom/.env',
  configFile: '/home/razroom/.razroom/razroom.json',
}

test('subordinate ids: enough, under the name or the uid', () => {
  expect(checkIdRanges(user, [own], [own]).findings).toEqual([])
  expect(checkIdRanges(user, [{ ...own, owner: '900' }], [own]).findings).toEqual([])
})

test('subordinate ids that are missing come with the command that adds them', () => {
  const { said, findings } = checkIdRanges(user, [], [own])
  expect(said).toBe('subuid none, subgid 100000-165535')
  expect(findings).toMatchObject([
    {
      id: 'subids.missing',
      severity: 'error',
      fix: { preview: 'usermod --add-subuids 100000-165535 razroom' },
    },
  ])
})

test('ids that another user has, too', () => {
  const other = { owner: 'eve', start: 165_535, count: 1 }
  expect(checkIdRanges(user, [own, other], [own]).findings).toMatchObject([
    { id: 'subids.overlap', evidence: 'eve has 165535-165535, which overlaps those of razroom' },
  ])
  expect(checkIdRanges(user, [own, { ...other, start: 165_536 }], [own]).findings).toEqual([])
})

test('linger and the user manager matter most where a unit is to run', () => {
  expect(checkLinger(user, true, 'quadlet').findings).toEqual([])
  expect(checkLinger(user, false, 'quadlet').findings[0]?.meaning).toContain('at boot')
  expect(checkUserManager(user, true, 'quadlet').findings).toEqual([])
  expect(checkUserManager(user, false, 'quadlet').findings).toMatchObject([{ severity: 'error' }])
  expect(checkUserManager(user, false, 'container').findings).toMatchObject([{ severity: 'warning' }])
})

test('files as they should be', () => {
  expect(checkFiles(user, paths, [])).toEqual({
    said: 'all of /home/razroom/.razroom is razroom’s',
    findings: [],
  })
})

test('files of root are worse where the gateway needs them', () => {
  const env = { path: paths.envFile, kind: 'file', uid: 0, mode: 0o600 } as const
  const log = { ...env, path: `${paths.configDir}/logs/x` }
  expect(checkFiles(user, paths, [env, log]).findings).toMatchObject([
    { id: 'files.root-owned', severity: 'error', evidence: `${env.path}, ${log.path}` },
  ])
  expect(checkFiles(user, paths, [log]).findings).toMatchObject([{ severity: 'warning' }])
})

test('what the user itself may not use is told first, with what gives it back', () => {
  const odd = { path: paths.envFile, kind: 'file', uid: 900, mode: 0 } as const
  const directory = { ...odd, path: paths.configDir, kind: 'directory', mode: 0o600 } as const
  expect(checkFiles(user, paths, [odd, directory]).findings).toMatchObject([
    { id: 'files.env-locked', severity: 'error', hint: expect.stringContaining('chmod 0600 /home') },
    { id: 'files.directory-mode', severity: 'error', fix: { label: 'Open it to razroom (0700)' } },
  ])
})

test('files of others are only told of, open ones are closed', () => {
  const odd = { path: paths.envFile, kind: 'file', uid: 900, mode: 0o640 } as const
  expect(
    checkFiles(user, paths, [
      odd,
      { ...odd, path: paths.configFile },
      { ...odd, path: paths.configDir, kind: 'directory', mode: 0o755 },
      { ...odd, path: '/x', uid: 100_999, mode: 0o644 },
    ]).findings,
  ).toMatchObject([
    { id: 'files.foreign-owner', severity: 'info' },
    { id: 'files.env-mode', evidence: 'its mode is 0640', fix: { label: 'Close it (0600)' } },
    { id: 'files.config-mode' },
    { id: 'files.directory-mode', fix: { label: 'Close it (0700)' } },
  ])
})
