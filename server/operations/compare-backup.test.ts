import { expect, it } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { compareBackup, lacksRoom, tokenOfBackup } from './compare-backup.ts'

type Backup = Parameters<typeof compareBackup>[0]
type Item = Parameters<typeof compareBackup>[1][number]

const SUM = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const saved = (path: string, sha256 = SUM) =>
  ({ path, type: 'file', size: 10, mode: 0o600, mtime: 1, sha256 }) as const
const dir = (path: string) => ({ path, type: 'directory', mode: 0o700, mtime: 1 }) as const
const link = (path: string, target: string) => ({ path, type: 'link', target, mtime: 1 }) as const

function backup(entries: Backup['manifest']['entries'], env = '', config: string | null = null): Backup {
  return {
    manifest: {
      format: 'razroom-panel-backup',
      version: 1,
      createdAt: '2026-01-01T00:00:00Z',
      panelVersion: '1',
      reason: 'manual',
      user: 'razroom',
      includesWorkspace: true,
      workspaceInConfig: 'workspace',
      settings: defaultSettings(),
      maxEntries: 10,
      maxBytes: 10,
      entries,
      leftOut: [],
      unsettled: [],
    },
    envFile: Buffer.from(env),
    configFile: config === null ? null : Buffer.from(config),
  }
}

function item(path: string, change: Partial<Item> = {}): Item {
  return { path, type: 'file', size: 10, mode: 0o600, sha256: SUM, target: '', ...change }
}

it('tells new, changed and same ones, changed ones first, and counts what stays', () => {
  const entries = [
    dir('config'),
    saved('config/same'),
    saved('config/new'),
    saved('config/bytes', OTHER),
    saved('config/mode'),
    saved('config/kind'),
    link('config/link', 'same'),
    dir('workspace'),
    saved('workspace/w'),
  ]
  const present = [
    item('config', { type: 'directory' }),
    item('config/same'),
    item('config/bytes'),
    item('config/mode', { mode: 0o644 }),
    item('config/kind', { type: 'link', target: 'same' }),
    item('config/link', { type: 'link', target: 'same', size: 0, sha256: null }),
    item('config/extra'),
    item('workspace/extra'),
  ]
  const all = compareBackup(backup(entries), present, true)
  expect(all.files.map(({ path, change }) => `${change} ${path}`)).toEqual([
    'changed config/bytes',
    'changed config/kind',
    'changed config/mode',
    'new config/new',
    'new workspace/w',
    'same config/link',
    'same config/same',
  ])
  expect(all).toMatchObject({ counts: { new: 2, changed: 3, same: 2 }, kept: 2 })
  expect(all.bytes).toEqual({ config: 40, workspace: 10 })
  const config = compareBackup(backup(entries), present, false)
  expect(config).toMatchObject({ counts: { new: 1, changed: 3, same: 2 }, kept: 1 })
})

it('knows the token of a backup, also of one whose config is broken', () => {
  expect(tokenOfBackup(backup([], 'RAZROOM_GATEWAY_TOKEN=abc\n'))).toBe('abc')
  expect(tokenOfBackup(backup([], 'RAZROOM_GATEWAY_TOKEN=abc\n', '{gateway:{auth:{token:"x"}}}'))).toBe('x')
  expect(tokenOfBackup(backup([], '', null))).toBeNull()
  expect(tokenOfBackup(backup([], 'RAZROOM_GATEWAY_TOKEN=abc\n', '{'))).toBeNull()
})

it('tells the file system that has no room, and minds none that nothing is written to', () => {
  const directories = { configDir: '/home/r/.razroom', workspaceDir: '/home/r/.razroom/workspace' }
  const room = (device: number, freeBytes: number, totalBytes = 1e12) => ({ device, freeBytes, totalBytes })
  const full = { config: room(1, 1e11), workspace: room(2, 9e6, 1e7) }
  expect(lacksRoom({ config: 1e9, workspace: 0 }, full, directories)).toBeNull()
  expect(lacksRoom({ config: 1e9, workspace: 8_500_000 }, full, directories)).toBeNull()
  expect(lacksRoom({ config: 0, workspace: 8_500_001 }, full, directories)).toBe(
    'the restore writes 8500001 bytes below /home/r/.razroom/workspace, where 9000000 are free and 500000 are to stay so',
  )
  const one = { config: room(1, 1e9), workspace: room(1, 1e9) }
  expect(lacksRoom({ config: 5e8, workspace: 4e8 }, one, directories)).toBeNull()
  expect(lacksRoom({ config: 5e8, workspace: 5e8 }, one, directories)).toContain(
    '1000000000 bytes below /home/r/.razroom and /home/r/.razroom/workspace',
  )
})
