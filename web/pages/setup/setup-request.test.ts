import { expect, test } from 'vitest'
import type { SetupPlan } from '../../../contract/schemas.ts'
import { defaultSettings } from '../../../contract/settings.ts'
import { checkForm, initialForm, type SetupForm, setupCommand, toSetupRequest } from './setup-request.ts'

const form: SetupForm = { source: 'bundled', path: '', gatewayPort: '18789', bridgePort: '18790' }
const plan = (bundledAvailable: boolean, path?: string): SetupPlan => ({
  findings: [],
  bundledAvailable,
  isSetUp: false,
  defaults: {
    ...defaultSettings(),
    image: path === undefined ? { kind: 'bundled' } : { kind: 'repo', path },
    gatewayPort: 1_234,
    bridgePort: 5_678,
  },
})

test('the form begins with the defaults of the machine', () => {
  expect(initialForm(plan(true))).toEqual({
    source: 'bundled',
    path: '',
    gatewayPort: '1234',
    bridgePort: '5678',
  })
  expect(initialForm(plan(true, '/r'))).toMatchObject({ source: 'repo', path: '/r' })
  expect(initialForm(plan(false)).source).toBe('repo')
})

test('a good form becomes a request', () => {
  expect(checkForm(form)).toEqual({})
  expect(toSetupRequest(form)).toEqual({
    mode: 'container',
    image: { kind: 'bundled' },
    gatewayPort: 18_789,
    bridgePort: 18_790,
  })
  expect(toSetupRequest({ ...form, source: 'repo', path: ' /a b ' }).image).toEqual({
    kind: 'repo',
    path: '/a b',
  })
})

test.each(['', '80', '1023', '65536', '1e4', '0x4000', '18 789', '-1', '18789.0', '٣٠٠٠'])(
  'port %j is refused',
  (port) => {
    expect(checkForm({ ...form, gatewayPort: port }).gatewayPort).toMatch('1024 to 65535')
  },
)

test('both ports the same are refused, at the second', () => {
  expect(checkForm({ ...form, bridgePort: ' 18789 ' })).toEqual({
    bridgePort: expect.stringContaining('port of the gateway'),
  })
})

test.each([
  ['', /Name the directory/],
  ['relative/path', /absolute path/],
  ['/a/../b', /absolute path/],
  ['~/razroom', /absolute path/],
])('path %j is refused, and only where one is needed', (path, message) => {
  expect(checkForm({ ...form, source: 'repo', path }).path).toMatch(message)
  expect(checkForm({ ...form, path }).path).toBeUndefined()
})

test('the command is one that a shell understands', () => {
  expect(setupCommand(form)).toBe(
    'sudo razroom-panel setup --container --bundled --gateway-port 18789 --bridge-port 18790',
  )
  expect(setupCommand({ ...form, source: 'repo', path: "/it's $(here)" })).toContain(
    "--repo '/it'\\''s $(here)'",
  )
})
