import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { DeviceList } from '../../contract/devices.ts'
import {
  deviceRoles,
  PENDING_LIFETIME_MS,
  pairedDevices,
  pendingDevices,
  readDeviceRecords,
} from './device-list.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')
const REQUEST = '3f6b8f0e-8a29-4a3c-9f1a-0d3c2b1a0f9e'
const DEVICE = 'ab'.repeat(32)
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const pending = (more: object = {}) => ({
  requestId: REQUEST,
  deviceId: DEVICE,
  publicKey: 'KEY',
  clientId: 'razroom-control-ui',
  clientMode: 'webchat',
  platform: 'Linux x86_64',
  role: 'operator',
  remoteIp: '10.0.2.100',
  ts: NOW - 1_000,
  ...more,
})

describe('readDeviceRecords', () => {
  it('has none where there is no file, and takes objects by id as well as lists', () => {
    expect(readDeviceRecords(null, 'p')).toEqual([])
    expect(readDeviceRecords(bytes({ a: 1, b: 2 }), 'p')).toEqual([1, 2])
    expect(readDeviceRecords(bytes([1]), 'p')).toEqual([1])
  })

  it.each(['', '{', '"text"', '7', 'null'])('refuses %j', (text) => {
    expect(() => readDeviceRecords(new TextEncoder().encode(text), '/x/pending.json')).toThrow(
      expect.objectContaining({ code: 'DEVICES_UNREADABLE' }),
    )
  })
})

describe('pendingDevices', () => {
  it('tells what the device said of itself, and neither its key nor what it may do', () => {
    expect(pendingDevices([pending({ scopes: ['operator.admin'], secret: 'x' })], NOW)).toEqual({
      devices: [
        {
          id: REQUEST,
          deviceId: DEVICE,
          platform: 'Linux x86_64',
          client: 'razroom-control-ui (webchat)',
          role: 'operator',
          ip: '10.0.2.100',
          requestedAt: '2026-11-27T11:59:59.000Z',
        },
      ],
      skipped: 0,
    })
  })

  it('leaves out what the gateway has forgotten, and puts the newest first', () => {
    const records = [
      pending({ requestId: 'old', ts: NOW - 20_000 }),
      pending({ requestId: 'gone', ts: NOW - PENDING_LIFETIME_MS }),
      pending({ requestId: 'new', ts: NOW }),
      pending({ requestId: 'timeless', ts: 'yesterday' }),
    ]
    expect(pendingDevices(records, NOW).devices.map(({ id }) => id)).toEqual(['new', 'old', 'timeless'])
  })

  it.each(['--help', '-x', '', 'a b', 'a/b', '../x', 'a'.repeat(129), 'é', 7, null, undefined])(
    'has no device with the id %j',
    (requestId) => {
      expect(pendingDevices([pending({ requestId })], NOW)).toEqual({ devices: [], skipped: 1 })
    },
  )

  it('takes wrong kinds for nothing said', () => {
    const odd = { displayName: 7, platform: null, clientId: {}, clientMode: [], role: true, remoteIp: 1 }
    expect(pendingDevices([pending({ ...odd, deviceId: '-', ts: Number.MAX_VALUE })], NOW).devices).toEqual([
      { id: REQUEST },
    ])
    expect(pendingDevices([null, 1, 'x', [], {}], NOW)).toEqual({ devices: [], skipped: 5 })
  })

  it.each([
    ['\x1b]0;owned\x07\x1b[31mred\x1b[0m', 'red'],
    ['a\u202eb\u200bc\u2066d\ud800', 'abcd\ufffd'],
    ['two\r\n\tlines', 'two lines'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['x'.repeat(10_000), `${'x'.repeat(79)}…`],
    ['😀'.repeat(5_000), `${'😀'.repeat(79)}…`],
  ])('makes one plain, short line of %j', (displayName, name) => {
    expect(pendingDevices([pending({ displayName })], NOW).devices[0]?.name).toBe(name)
  })

  it('shows at most a hundred, and counts the rest', () => {
    const records = Array.from({ length: 130 }, (_, index) => pending({ requestId: `r${index}` }))
    const { devices, skipped } = pendingDevices(records, NOW)
    expect([devices.length, skipped]).toEqual([100, 30])
  })
})

describe('pairedDevices', () => {
  const paired = (more: object = {}) => ({
    deviceId: DEVICE,
    publicKey: 'KEY',
    displayName: 'Laptop',
    approvedAtMs: NOW,
    tokens: {
      operator: { token: 'device-secret-0123456789', role: 'operator', lastUsedAtMs: NOW + 5_000 },
      node: { token: 'device-secret-9876543210', role: 'node', lastUsedAtMs: NOW + 9_000 },
    },
    ...more,
  })

  it('tells when a device was approved and seen, and not its tokens', () => {
    const { devices } = pairedDevices([paired()])
    expect(devices).toEqual([
      {
        id: DEVICE,
        name: 'Laptop',
        approvedAt: '2026-11-27T12:00:00.000Z',
        lastSeenAt: '2026-11-27T12:00:09.000Z',
        isRevoked: false,
      },
    ])
    const list = { available: true, pending: [], paired: devices, skipped: 0, at: '' }
    expect(Value.Check(DeviceList, list)).toBe(true)
  })

  it('is revoked when every one of its tokens is', () => {
    const one = { operator: { revokedAtMs: NOW } }
    expect(pairedDevices([paired({ tokens: one })]).devices[0]?.isRevoked).toBe(true)
    const both = { ...one, node: {} }
    expect(pairedDevices([paired({ tokens: both })]).devices[0]?.isRevoked).toBe(false)
    expect(pairedDevices([paired({ tokens: undefined })]).devices[0]?.isRevoked).toBe(false)
  })

  it('names the roles to revoke, held to the grammar of ids', () => {
    expect(deviceRoles([paired({ roles: ['operator', '--all', 5], role: 'viewer' })], DEVICE)).toEqual([
      'operator',
      'node',
      'viewer',
    ])
    expect(deviceRoles([{ deviceId: DEVICE }], DEVICE)).toEqual(['operator'])
    expect(deviceRoles([], DEVICE)).toEqual(['operator'])
  })
})

describe('a file that was made to keep the panel busy', () => {
  it('has a million records: none is held against a schema, key by key', () => {
    const record = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('its keys were asked for')
        },
      },
    )
    expect(pendingDevices([record], NOW)).toEqual({ devices: [], skipped: 1 })
    expect(pairedDevices([record])).toEqual({ devices: [], skipped: 1 })
  })

  it('has a device with more tokens than a call takes arguments', () => {
    const tokens = Object.fromEntries(
      Array.from({ length: 200_000 }, (_, at) => [at, { lastUsedAtMs: at + 1 }]),
    )
    const { devices } = pairedDevices([{ deviceId: DEVICE, tokens }])
    expect(devices).toMatchObject([{ id: DEVICE, lastSeenAt: new Date(200_000).toISOString() }])
  })
})
