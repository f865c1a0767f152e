import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What systemd makes of the units is measured on a machine (e2e/attacks/front.test.ts); here is what must never be lost. */
function readUnit(name: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(import.meta.dirname, 'units', name), 'utf8')
  return text.split('\n').flatMap((line) => {
    const [, key, value] = /^([A-Za-z0-9]+)=(.*)$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [[key, value] as const]
  })
}
const valuesOf = (name: string, key: string): string[] =>
  readUnit(name).flatMap(([one, value]) => (one === key ? [value] : []))

describe('the sockets of the front', () => {
  it('are both addresses of this machine and the control socket, in the order that the program knows', () => {
    expect(valuesOf('razroom-panel.socket', 'ListenStream')).toEqual([
      '127.0.0.1:@PORT@',
      '[::1]:@PORT@',
      '/run/razroom-panel/control.sock',
    ])
    expect(valuesOf('razroom-panel.socket', 'SocketMode')).toEqual(['0600'])
    expect(valuesOf('razroom-panel.socket', 'DirectoryMode')).toEqual(['0700'])
    expect(valuesOf('razroom-panel.socket', 'BindIPv6Only')).toEqual(['ipv6-only'])
  })

  it.each(['razroom-panel.socket', 'razroom-panel-host.socket'])(
    '%s is never given up: the port would be anybody’s',
    (name) => {
      expect(valuesOf(name, 'TriggerLimitIntervalSec')).toEqual(['0'])
      expect(valuesOf(name.replace('socket', 'service'), 'StartLimitIntervalSec')).toEqual(['0'])
    },
  )

  it('the one to the root half is for the front’s user alone', () => {
    const keys = ['ListenStream', 'SocketUser', 'SocketGroup', 'SocketMode']
    expect(keys.map((key) => valuesOf('razroom-panel-host.socket', key))).toEqual([
      ['/run/razroom-panel-host.sock'],
      ['root'],
      ['razroom-panel'],
      ['0660'],
    ])
  })
})

describe('the services', () => {
  it.each([
    ['User', 'razroom-panel'],
    ['Group', 'razroom-panel'],
    ['PrivateNetwork', 'yes'],
    ['RestrictAddressFamilies', 'AF_UNIX'],
    ['CapabilityBoundingSet', ''],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateDevices', 'yes'],
    ['PrivateUsers', 'yes'],
    ['RestrictNamespaces', 'yes'],
  ])('the front has %s=%s', (key, value) => {
    expect(valuesOf('razroom-panel.service', key)).toEqual([value])
  })

  it('the front may make the calls of an ordinary service, and the root half no more capabilities than it had', () => {
    expect(valuesOf('razroom-panel.service', 'SystemCallFilter')).toEqual([
      '@system-service',
      '~@privileged @resources',
    ])
    const [capabilities = ''] = valuesOf('razroom-panel-host.service', 'CapabilityBoundingSet')
    expect(capabilities.split(' ')).toHaveLength(13)
    expect(capabilities).not.toMatch(/NET_ADMIN|SYS_MODULE|SYS_RAWIO|SYS_BOOT|BPF|SYS_TIME/)
  })
})
