import { expect, test } from 'vitest'
import type { SetupPlan } from '../../../contract/schemas.ts'
import { defaultSettings, type Settings } from '../../../contract/settings.ts'
import {
  checkForm,
  initialForm,
  isUnusual,
  type SetupForm,
  setupCommand,
  toSetupRequest,
} from './setup-request.ts'

const plan: SetupPlan = {
  findings: [],
  bundledAvailable: true,
  isSetUp: false,
  defaults: defaultSettings(),
}
const form = initialForm(plan)
const withSource = (part: Partial<SetupForm['source']>): SetupForm => ({
  ...form,
  source: { ...form.source, ...part },
})
const planWith = (defaults: Partial<Settings>): SetupPlan => ({
  ...plan,
  defaults: { ...plan.defaults, ...defaults },
})

test('the form begins with the defaults of the machine', () => {
  const given = planWith({ gatewayPort: 1_234, mode: 'quadlet', image: { kind: 'repo', path: '/r' } })
  expect(initialForm(given)).toMatchObject({
    source: { kind: 'repo', path: '/r' },
    mode: 'quadlet',
    gatewayPort: '1234',
    publishAddress: '127.0.0.1',
    configDir: '',
  })
  expect(initialForm({ ...plan, bundledAvailable: false }).source.kind).toBe('repo')
})

test('where a service can not run the form begins with a container', () => {
  const given = { ...planWith({ mode: 'quadlet' }), quadletObstacle: 'no systemd' }
  expect(initialForm(given).mode).toBe('container')
})

test('what was found here goes into the form, and is not sent back as a wish', () => {
  const adopting: SetupPlan = {
    ...plan,
    adoption: {
      user: 'anna',
      found: ['a container'],
      settings: { user: 'anna', containerName: 'gw', gatewayPort: 28_789, configDir: '/srv/c' },
    },
  }
  const adopted = initialForm(adopting)
  expect(adopted).toMatchObject({
    user: 'anna',
    containerName: 'gw',
    gatewayPort: '28789',
    configDir: '/srv/c',
  })
  expect(isUnusual(adopted)).toBe(true)
  expect(toSetupRequest(adopted, adopting)).toEqual({
    mode: 'container',
    image: { kind: 'bundled' },
    gatewayPort: 28_789,
    bridgePort: 18_790,
  })
  expect(toSetupRequest({ ...adopted, configDir: '' }, adopting)).toMatchObject({ configDir: null })
})

test('a good form becomes a request', () => {
  expect(checkForm(form)).toEqual({})
  expect(toSetupRequest(form, plan)).toEqual({
    mode: 'container',
    image: { kind: 'bundled' },
    gatewayPort: 18_789,
    bridgePort: 18_790,
  })
})

test('an address of the network goes with its confirmation, and not without', () => {
  const open = { ...form, publishAddress: ' 0.0.0.0 ' }
  expect(checkForm(open).isExposureConfirmed).toMatch('127.0.0.1')
  const confirmed = { ...open, isExposureConfirmed: true }
  expect(checkForm(confirmed)).toEqual({})
  expect(toSetupRequest(confirmed, plan)).toMatchObject({ publishAddress: '0.0.0.0', confirmExposure: true })
})

test('a confirmation that was given for another address is not sent with one of this machine', () => {
  const request = toSetupRequest({ ...form, publishAddress: '127.0.0.2', isExposureConfirmed: true }, plan)
  expect(request).toMatchObject({ publishAddress: '127.0.0.2' })
  expect(request).not.toHaveProperty('confirmExposure')
})

test('another user is made only when that is asked for; razroom needs no word', () => {
  expect(toSetupRequest({ ...form, user: 'anna' }, plan)).not.toHaveProperty('createUser')
  expect(toSetupRequest({ ...form, user: 'anna', createUser: true }, plan)).toMatchObject({
    user: 'anna',
    createUser: true,
  })
  expect(toSetupRequest({ ...form, createUser: true }, plan)).not.toHaveProperty('createUser')
})

test.each(['', 'Anna', '-x', 'a b', 'root;', '1a', 'ä', 'a'.repeat(32)])('user %j is refused', (user) => {
  expect(checkForm({ ...form, user }).user).toBeDefined()
})

test.each(['', '.x', 'a/b', '-a', 'a'.repeat(64)])('container name %j is refused', (containerName) => {
  expect(checkForm({ ...form, containerName }).containerName).toBeDefined()
})

test.each(['x', '/a/../b', '~/c', '/a:b'])('directory %j is refused; none is not', (configDir) => {
  expect(checkForm({ ...form, configDir }).configDir).toMatch('absolute')
  expect(checkForm({ ...form, workspaceDir: configDir }).workspaceDir).toMatch('absolute')
  expect(checkForm({ ...form, configDir: ' ' })).toEqual({})
})

test('directories of the system, and two that are in each other’s way, are refused', () => {
  expect(checkForm({ ...form, configDir: '/etc/razroom' }).configDir).toMatch('belongs to the system')
  expect(checkForm({ ...form, configDir: '/srv/a', workspaceDir: '/srv/a' }).workspaceDir).toMatch('both')
  expect(checkForm({ ...form, configDir: '/srv/a/c', workspaceDir: '/srv/a' }).workspaceDir).toMatch('token')
})

test('another user begins with directories of its own, unless they are named', () => {
  const here = planWith({ configDir: '/srv/c', workspaceDir: '/srv/w' })
  const kept = toSetupRequest({ ...initialForm(here), user: 'anna' }, here)
  expect(kept).toMatchObject({ user: 'anna', configDir: '/srv/c', workspaceDir: '/srv/w' })
  const own = toSetupRequest({ ...initialForm(here), user: 'anna', configDir: '', workspaceDir: '' }, here)
  expect(own).not.toHaveProperty('configDir')
})

test('an address that is reachable already asks no new confirmation', () => {
  const here = planWith({ publishAddress: '0.0.0.0' })
  expect(checkForm(initialForm(here))).toEqual({})
})

test('the command is one that a shell understands', () => {
  expect(setupCommand(form, plan)).toBe(
    'sudo razroom-panel setup --container --bundled --gateway-port 18789 --bridge-port 18790',
  )
  expect(setupCommand(withSource({ kind: 'repo', path: "/it's $(here)" }), plan)).toContain(
    "--repo '/it'\\''s $(here)'",
  )
})

test('the command says everything that differs', () => {
  const whole: SetupForm = {
    ...withSource({ kind: 'repo', path: '/r', buildArgs: 'A=1\nB=two words' }),
    mode: 'quadlet',
    publishAddress: '::',
    isExposureConfirmed: true,
    user: 'anna',
    containerName: 'gw',
    configDir: '/srv/c',
    workspaceDir: '/srv/w',
    userns: 'auto',
  }
  expect(setupCommand(whole, plan)).toBe(
    "sudo razroom-panel setup --quadlet --repo /r --build-arg A=1 --build-arg 'B=two words' --gateway-port 18789 " +
      '--bridge-port 18790 --publish :: --user anna --container-name gw --config-dir /srv/c --workspace-dir /srv/w ' +
      '--userns auto',
  )
})

test('the command has what no flag says: the start at boot, a new user, directories as they were at first', () => {
  const here = planWith({ mode: 'quadlet', configDir: '/srv/c', workspaceDir: '/srv/w' })
  const changed = { ...initialForm(here), startAtBoot: false, configDir: '', workspaceDir: '' }
  expect(setupCommand(changed, here)).toBe(
    'sudo razroom-panel setup --quadlet --no-start-at-boot --bundled --gateway-port 18789 --bridge-port 18790 ' +
      '--config-dir ~razroom/.razroom --workspace-dir ~razroom/.razroom/workspace',
  )
  expect(setupCommand({ ...changed, configDir: '/srv/two words' }, here)).toContain(
    "--config-dir '/srv/two words' --workspace-dir '/srv/two words'/workspace",
  )
  expect(setupCommand({ ...form, user: 'anna', createUser: true }, plan)).toMatch(
    /^sudo RAZROOM_PODMAN_USER=anna razroom-panel setup --container (?!.*--user)/,
  )
})
