import { describe, expect, it } from 'vitest'
import {
  exposureOf,
  gatewayAddress,
  gatewayAuthority,
  isLoopback,
  isPublishAddress,
} from './gateway-address.ts'

describe('gateway-address', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['128.0.0.1', false],
    ['127.0.0.1.evil', false],
    ['::', false],
    ['::2', false],
    ['fe80::1', false],
    ['192.168.1.5', false],
  ])('%s is loopback: %s', (address, expected) => expect(isLoopback(address)).toBe(expected))

  it.each([
    ['127.0.0.1', '127.0.0.1:1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1:1', '127.0.0.1'],
    ['', '127.0.0.1:1', '127.0.0.1'],
    ['::', '[::1]:1', '::1'],
    ['0::0', '[::1]:1', '::1'],
    ['192.168.1.5', '192.168.1.5:1', '192.168.1.5'],
    ['fd00::5', '[fd00::5]:1', 'fd00::5'],
  ])('published on %j it answers at %s', (published, authority, address) => {
    expect(gatewayAuthority(published, 1)).toBe(authority)
    expect(gatewayAddress(published)).toBe(address)
  })

  it.each(['1:2', ':::', '1::2::3', '256.1.1.1', '01.2.3.4', '::g', '', '1.2.3'])(
    '%j is no address',
    (text) => expect(isPublishAddress(text)).toBe(false),
  )
  it.each(['1.2.3.4', '::', '::1', 'fd00::5', '::ffff:1.2.3.4'])('%j is an address', (text) =>
    expect(isPublishAddress(text)).toBe(true),
  )

  it('names the ports and the address that others reach', () => {
    expect(exposureOf('127.0.0.1', [1, 2])).toBeNull()
    expect(exposureOf('0.0.0.0', [18789, 18790])).toMatch(/ports 18789 and 18790.*every address/)
    expect(exposureOf('192.168.1.5', [18789, 18790])).toContain('at 192.168.1.5')
  })
})
