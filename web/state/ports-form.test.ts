import { expect, test } from 'vitest'
import { checkPorts, isExposed, type PortsForm } from './ports-form.ts'

const form: PortsForm = {
  gatewayPort: '18789',
  bridgePort: '18790',
  publishAddress: '127.0.0.1',
  isExposureConfirmed: false,
}

test.each(['', '80', '1023', '65536', '1e4', '0x4000', '18 789', '-1', '18789.0', '٣٠٠٠'])(
  'port %j is refused',
  (port) => {
    expect(checkPorts({ ...form, gatewayPort: port }).gatewayPort).toMatch('1024 to 65535')
  },
)

test('both ports the same are refused, at the second', () => {
  expect(checkPorts({ ...form, bridgePort: ' 18789 ' })).toEqual({
    bridgePort: expect.stringContaining('port of the gateway'),
  })
})

test.each(['127.0.0.1', ' 127.1.2.3 ', '::1', '0:0:0:0:0:0:0:1', '0::0001'])(
  '%j stays on this machine',
  (address) => {
    expect(isExposed(address)).toBe(false)
    expect(checkPorts({ ...form, publishAddress: address })).toEqual({})
  },
)

test.each(['0.0.0.0', '::', '192.168.1.5', '10.0.0.1', '::2', 'fe80::1', '1::1', '128.0.0.1'])(
  '%j needs the confirmation',
  (address) => {
    expect(isExposed(address)).toBe(true)
    const exposed = { ...form, publishAddress: address }
    expect(checkPorts(exposed).isExposureConfirmed).toBeDefined()
    expect(checkPorts({ ...exposed, isExposureConfirmed: true })).toEqual({})
  },
)

test.each(['', 'localhost', '127.0.0', '256.0.0.1', '127.0.0.01', '1.2.3.4:80', '::g', ':'])(
  '%j is no address',
  (address) => {
    expect(checkPorts({ ...form, publishAddress: address }).publishAddress).toMatch('IPv4 or IPv6')
  },
)
