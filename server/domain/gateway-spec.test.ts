import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { PanelError } from '../errors.ts'
import { isImageReference, isMountablePath, referenceObstacle } from './container-grammar.ts'
import { type GatewaySpecInput, gatewayPaths, gatewaySpec, LABELS, specFingerprint } from './gateway-spec.ts'

const input: GatewaySpecInput = {
  user: { name: 'razroom', uid: 995, gid: 994, home: '/home/razroom' },
  settings: {
    ...defaultSettings(),
    containerName: 'razroom',
    gatewayPort: 18789,
    bridgePort: 18790,
    publishAddress: '127.0.0.1',
  },
  imageReference: 'localhost/razroom:bundled',
  seLinux: false,
}

function errorOf(action: () => unknown): PanelError {
  try {
    action()
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('the spec keeps the operational contract of the gateway', () => {
  const spec = gatewaySpec(input)
  expect(spec.command.join(' ')).toBe('node dist/index.js gateway --bind lan --port 18789')
  expect(spec.user).toBe('995:994')
  expect(spec.mounts).toEqual([
    { id: 'config', source: '/home/razroom/.razroom', target: '/home/node/.razroom', relabel: false },
    {
      id: 'workspace',
      source: '/home/razroom/.razroom/workspace',
      target: '/home/node/.razroom/workspace',
      relabel: false,
    },
    {
      id: 'plugin-cache',
      source: '/home/razroom/.local/share/razroom/plugin-cache',
      target: '/tmp/jiti',
      relabel: false,
    },
  ])
  expect(spec.publishes.map((publish) => publish.address)).toEqual(['127.0.0.1', '127.0.0.1'])
  expect(spec.env).toEqual({ HOME: '/home/node', TERM: 'xterm-256color', RAZROOM_NO_RESPAWN: '1' })
  expect(spec.logs.path).toBe('/home/razroom/.local/share/razroom/log/gateway.log')
  expect(spec.init).toBe(true)
  expect(gatewaySpec({ ...input, init: false }).init).toBe(false)
  expect(gatewaySpec({ ...input, seLinux: true }).mounts.every((mount) => mount.relabel)).toBe(true)
})

test('a trailing slash of the home does not get into the paths', () => {
  expect(gatewayPaths({ home: '/srv/razroom/' }, defaultSettings()).envFile).toBe(
    '/srv/razroom/.razroom/.env',
  )
  expect(gatewayPaths({ home: '/srv/razroom/' }, defaultSettings()).launchScript).toBe(
    '/srv/razroom/run-razroom-podman.sh',
  )
})

test.each([
  ['root', { user: { name: 'root', uid: 0, gid: 0, home: '/root' } }, 'USER_UNSUITABLE'],
  ['group root', { user: { name: 'a', uid: 5, gid: 0, home: '/home/a' } }, 'USER_UNSUITABLE'],
  ['a name with a newline', { user: { ...input.user, name: 'a\nb' } }, 'USER_UNSUITABLE'],
  ['a name that is an option', { user: { ...input.user, name: '-a' } }, 'USER_UNSUITABLE'],
  ['a colon in the home', { user: { name: 'a', uid: 5, gid: 5, home: '/home/a:b' } }, 'USER_UNSUITABLE'],
  ['a comma in the home', { user: { name: 'a', uid: 5, gid: 5, home: '/home/a,b' } }, 'USER_UNSUITABLE'],
  ['a quote in the home', { user: { name: 'a', uid: 5, gid: 5, home: '/home/a"b' } }, 'USER_UNSUITABLE'],
  ['the root directory as home', { user: { name: 'a', uid: 5, gid: 5, home: '//' } }, 'USER_UNSUITABLE'],
  ['a relative home', { user: { name: 'a', uid: 5, gid: 5, home: 'home' } }, 'USER_UNSUITABLE'],
  ['an image that is an option', { imageReference: '--privileged' }, 'REQUEST_INVALID'],
  ['an image with a space', { imageReference: 'a b' }, 'REQUEST_INVALID'],
  ['a name that is an option', { settings: { ...input.settings, containerName: '-v' } }, 'REQUEST_INVALID'],
  ['a low port', { settings: { ...input.settings, gatewayPort: 80 } }, 'REQUEST_INVALID'],
  ['one port twice', { settings: { ...input.settings, bridgePort: 18789 } }, 'REQUEST_INVALID'],
] satisfies [string, Partial<GatewaySpecInput>, string][])('refused: %s', (_name, change, code) => {
  expect(errorOf(() => gatewaySpec({ ...input, ...change })).code).toBe(code)
})

test('a refusal names the field', () => {
  const settings = { ...input.settings, gatewayPort: 80, containerName: 'a/b' }
  const error = errorOf(() => gatewaySpec({ ...input, settings }))
  expect(error.fields?.map((field) => field.path)).toEqual(['containerName', 'gatewayPort'])
})

test('nothing with a control character, a space or a leading dash is an image reference', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aZ0/:@.- \n\0é'), maxLength: 8 }), (text) => {
      if (isImageReference(text)) expect(text).toMatch(/^[a-zA-Z0-9][\x21-\x7e]*$/)
      if (isMountablePath(text)) expect(text).toMatch(/^\/[^\x00-\x1f:,"]*$/)
    }),
  )
})

test.each([
  'razroom',
  'razroom:2026.1',
  'a/b/c_d.e-f__g:V1',
  'localhost/razroom:local',
  'localhost:5000/razroom',
  'Registry.Example/razroom:1',
  '127.0.0.1:5101/razroom/gateway:2',
  `quay.io/a/b:1@sha256:${'0a'.repeat(32)}`,
  `quay.io/a/b@sha256:${'0a'.repeat(32)}`,
  '4b01bfb82b83',
])('%s has the form of an image', (reference) => {
  expect(referenceObstacle(reference)).toBeUndefined()
})

test.each([
  ['https://quay.io/a', /leave out/],
  ['docker://quay.io/a', /leave out/],
  ['containers-storage:localhost/a', /leave out/],
  ['docker.io/Foo/Bar', /small letters/],
  ['Foo', /small letters/],
  ['quay.io/a//b', /REGISTRY/],
  ['quay.io/a/', /REGISTRY/],
  ['quay.io/a:', /REGISTRY/],
  ['quay.io:x/a', /REGISTRY/],
  ['a:b:c', /REGISTRY/],
  ['--privileged', /letters, digits/],
])('%s has not: %s', (reference, why) => {
  expect(referenceObstacle(reference)).toMatch(why)
})

test('the fingerprint depends on what runs, not on labels or the order of keys', () => {
  const spec = gatewaySpec(input)
  expect(specFingerprint({ ...spec, labels: {} } as typeof spec)).toBe(spec.labels[LABELS.spec])
  const reordered = { ...spec, env: Object.fromEntries(Object.entries(spec.env).reverse()) }
  expect(specFingerprint(reordered)).toBe(specFingerprint(spec))
  const changes: Partial<GatewaySpecInput>[] = [
    { seLinux: true },
    { init: false },
    { imageReference: 'localhost/razroom:repo' },
    { settings: { ...input.settings, gatewayPort: 18801 } },
    { user: { ...input.user, uid: 1000 } },
  ]
  const prints = changes.map((change) => specFingerprint(gatewaySpec({ ...input, ...change })))
  expect(new Set([...prints, specFingerprint(spec)]).size).toBe(changes.length + 1)
})
