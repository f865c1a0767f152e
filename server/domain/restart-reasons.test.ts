import { expect, test } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { type GatewaySpecInput, gatewaySpec } from './gateway-spec.ts'
import { restartReasons, type StartedContainer, type WantedContainer } from './restart-reasons.ts'

const input: GatewaySpecInput = {
  user: { name: 'razroom', uid: 995, gid: 994, home: '/home/razroom' },
  settings: defaultSettings(),
  imageReference: 'localhost/razroom:local',
  seLinux: false,
}
const spec = gatewaySpec(input)
const image = { id: 'sha256:aa', env: ['NODE_VERSION=24', 'PATH=/bin'] }
const container: StartedContainer = {
  labels: spec.labels,
  imageId: 'aa',
  imageName: 'localhost/razroom:local',
  env: ['NODE_VERSION=24', 'PATH=/bin', 'HOME=/home/node', 'A=1', 'FROM_DROP_IN=x', 'HOSTNAME=abc'],
  ports: spec.publishes.map(({ containerPort, address, hostPort }) => ({
    containerPort,
    hostAddress: address,
    hostPort,
  })),
  createCommand: ['podman', 'run', '--env', 'FROM_DROP_IN=x', '--env=TERM=xterm'],
}
const reasons = (wanted: Partial<WantedContainer> = {}, changed: Partial<StartedContainer> = {}) =>
  restartReasons(
    { ...container, ...changed },
    { spec, env: new Map([['A', '1']]), image, followsSpec: true, ...wanted },
  )
const specWith = (change: Partial<GatewaySpecInput>) => gatewaySpec({ ...input, ...change })

test('a container that is as it should be has none', () => {
  expect(reasons()).toEqual([])
  expect(reasons({ image: null }, { env: ['A=1', ...container.env.slice(0, 2)] })).toEqual([
    '.env was changed since the start: NODE_VERSION removed',
  ])
})

test('each variable of .env that differs is named, and those of others are left alone', () => {
  const env = new Map([
    ['A', '2'],
    ['B', ''],
    ['HOME', '/tmp'],
    ['FROM_DROP_IN', 'y'],
  ])
  expect(reasons({ env })).toEqual(['.env was changed since the start: B added; A changed'])
  expect(reasons({ env: new Map() })).toEqual(['.env was changed since the start: A removed'])
  const many = new Map('ABCDEFG'.split('').map((key) => [key, '1']))
  expect(reasons({ env: many })).toEqual(['.env was changed since the start: B, C, D, E, F and 1 more added'])
})

test('a variable that only takes the place of the image’s counts as added', () => {
  const env = new Map([
    ['A', '1'],
    ['NODE_VERSION', '25'],
  ])
  expect(reasons({ env })).toEqual(['.env was changed since the start: NODE_VERSION added'])
})

test('ports, address, image and the rest of the settings', () => {
  const settings = { ...defaultSettings(), gatewayPort: 18801 }
  expect(reasons({ spec: specWith({ settings }) })).toEqual(['gateway port 18789 -> 18801'])
  expect(reasons({ spec: specWith({ settings: { ...settings, publishAddress: '0.0.0.0' } }) })).toEqual([
    'gateway port 18789 -> 18801',
    'publish address 127.0.0.1 -> 0.0.0.0',
  ])
  expect(reasons({ spec: specWith({ seLinux: true }) })).toEqual([
    'the settings of the container were changed',
  ])
  expect(
    reasons({ spec: specWith({ imageReference: 'docker.io/a/b:1' }), image: { id: 'bb', env: [] } }),
  ).toContain('image localhost/razroom:local -> docker.io/a/b:1')
  expect(reasons({ image: { ...image, id: 'bb' } })).toEqual(['there is a new image'])
  expect(reasons({}, { labels: {} })).toEqual(['the container was not created by the panel'])
})

test('a container of a unit that was written by hand is held against .env and the image only', () => {
  const settings = { ...defaultSettings(), gatewayPort: 18801 }
  const followsSpec = false
  expect(reasons({ spec: specWith({ settings }), followsSpec }, { labels: {} })).toEqual([])
  expect(reasons({ followsSpec, env: new Map() }, { labels: {} })).toEqual([
    '.env was changed since the start: A removed',
  ])
  const built = { followsSpec, image: { ...image, id: 'bb' } }
  expect(reasons(built, { labels: {} })).toEqual(['there is a new image'])
  expect(reasons(built, { imageName: 'localhost/mine:1' })).toEqual([])
})
