import { expect, test } from 'vitest'
import type { ImageEntry } from '../../../contract/images.ts'
import { isPrunable, pickedImages } from './image-list-card.tsx'
import { modeRequest } from './mode-card.tsx'
import { placesOf } from './place-card.tsx'
import { portsForm, portsPatch } from './ports-card.tsx'
import { checkLogin } from './registries-card.tsx'
import { readKept, scheduleCommand } from './schedule-form.tsx'

const stored = { gatewayPort: 18_789, bridgePort: 18_790, publishAddress: '127.0.0.1' }

test('only what was changed is sent; nothing when nothing was', () => {
  const form = portsForm(stored)
  expect(portsPatch(form, stored)).toBeNull()
  expect(portsPatch({ ...form, gatewayPort: ' 28789 ' }, stored)).toEqual({ gatewayPort: 28_789 })
})

test('an address of the network is sent with its confirmation, one of this machine without', () => {
  const form = portsForm(stored)
  expect(portsPatch({ ...form, publishAddress: '0.0.0.0', isExposureConfirmed: true }, stored)).toEqual({
    publishAddress: '0.0.0.0',
    confirmExposure: true,
  })
  const open = { ...stored, publishAddress: '0.0.0.0' }
  expect(portsForm(open).isExposureConfirmed).toBe(true)
  expect(portsPatch({ ...portsForm(open), publishAddress: '127.0.0.1' }, open)).toEqual({
    publishAddress: '127.0.0.1',
  })
})

test('the start at boot is a matter of the service alone', () => {
  const container = { mode: 'container', startAtBoot: false } as const
  const service = { mode: 'quadlet', startAtBoot: true } as const
  expect(modeRequest(container, container)).toBeNull()
  expect(modeRequest({ ...container, startAtBoot: true }, container)).toBeNull()
  expect(modeRequest(service, container)).toEqual({ mode: 'quadlet', startAtBoot: true })
  expect(modeRequest({ ...service, startAtBoot: false }, service)).toEqual({ startAtBoot: false })
  expect(modeRequest({ mode: 'container', startAtBoot: true }, service)).toEqual({ mode: 'container' })
})

const image = (id: string, role: ImageEntry['role'], isRunning = false): ImageEntry => ({
  id,
  role,
  isRunning,
  references: [],
  createdAt: '',
  sizeBytes: 10,
})

test('what runs or is kept for a step back is never removed, even when it was ticked before', () => {
  const images = [
    image('a', 'current', true),
    image('b', 'previous'),
    image('c', 'other', true),
    image('d', 'other'),
  ]
  expect(images.filter(isPrunable).map(({ id }) => id)).toEqual(['d'])
  const list = { images, previous: null, prunableBytes: 10 }
  expect(pickedImages(list, new Set(['a', 'b', 'c', 'd', 'gone']))).toEqual({ ids: ['d'], bytes: 10 })
})

test.each(['https://registry.example', 'registry.example/team', '', '-x', 'a b', 'host:port'])(
  'registry %j is refused',
  (registry) => {
    expect(checkLogin({ registry, username: 'anna', password: 'p' })).toHaveProperty('registry')
  },
)

test('a login needs a name and a password; spaces belong to the password', () => {
  const login = { registry: 'registry.example:5000', username: 'anna', password: ' ' }
  expect(checkLogin(login)).toEqual({})
  expect(checkLogin({ ...login, password: '' })).toHaveProperty('password')
  expect(checkLogin({ ...login, username: '-u' })).toHaveProperty('username')
})

test('directories: what was chosen, else where Razroom puts them', () => {
  expect(placesOf({ configDir: null, workspaceDir: null }, '/home/r/')).toEqual({
    config: '/home/r/.razroom',
    workspace: '/home/r/.razroom/workspace',
  })
  expect(placesOf({ configDir: '/c', workspaceDir: null }, null).workspace).toBe('/c/workspace')
  expect(placesOf({ configDir: '/c', workspaceDir: '/w' }, null).workspace).toBe('/w')
})

test.each(['', '0', '101', '-1', '1.5', '1e1', 'x'])('%j backups can not be kept', (text) => {
  expect(readKept(text)).toBeNaN()
})

test('one to a hundred backups can be kept', () => {
  expect([readKept('1'), readKept(' 7 '), readKept('100')]).toEqual([1, 7, 100])
})

test.each([
  [{ every: 'weekly', keep: 3, includeWorkspace: true }, 'backup --every weekly --keep 3'],
  [{ every: 'daily', keep: 7, includeWorkspace: false }, 'backup --every daily --keep 7 --no-workspace'],
  [{ every: 'off', keep: 7, includeWorkspace: false }, 'backup --every off'],
] as const)('the schedule %j from a shell', (schedule, command) => {
  expect(scheduleCommand(schedule)).toBe(`sudo razroom-panel ${command}`)
})
