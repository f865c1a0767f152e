import { expect, it } from 'vitest'
import { checkExposure } from './check-exposure.ts'

const at = (publishAddress: string) => ({ publishAddress, gatewayPort: 18789, bridgePort: 18790 })

it('lets loopback, the confirmed and the stored address pass', () => {
  checkExposure(at('127.0.0.1'), null, false)
  checkExposure(at('0.0.0.0'), null, true)
  checkExposure(at('0.0.0.0'), '0.0.0.0', false)
})

it('refuses IPv6, where the gateway would not answer', () => {
  for (const address of ['::1', '::', 'fd00::1'])
    expect(() => checkExposure(at(address), address, true)).toThrow(
      expect.objectContaining({ code: 'ADDRESS_UNAVAILABLE' }),
    )
})

it('refuses others with what becomes reachable', () => {
  expect(() => checkExposure(at('0.0.0.0'), '127.0.0.1', false)).toThrow(
    expect.objectContaining({ code: 'EXPOSURE_UNCONFIRMED', detail: expect.stringContaining('18789') }),
  )
  expect(() => checkExposure(at('1:2'), '1:2', true)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }),
  )
})
