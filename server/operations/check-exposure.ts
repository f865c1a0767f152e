import type { Settings } from '../../contract/settings.ts'
import { exposureOf, isPublishAddress } from '../domain/gateway-address.ts'
import { ConflictError, InputError } from '../errors.ts'

/**
 * Lets an address beyond loopback pass only when somebody confirmed it, or when it is the stored one already.
 * @param settings as they are to be
 * @param storedAddress the publish address of the settings that are stored, or null before the first setup
 * @throws InputError REQUEST_INVALID it is no IP address
 * @throws ConflictError ADDRESS_UNAVAILABLE it is an IPv6 one (docs/facts/razroom-gateway.md: `--bind lan`)
 * @throws ConflictError EXPOSURE_UNCONFIRMED with what becomes reachable
 */
export function checkExposure(
  settings: Pick<Settings, 'publishAddress' | 'gatewayPort' | 'bridgePort'>,
  storedAddress: string | null,
  isConfirmed: boolean,
): void {
  const { publishAddress, gatewayPort, bridgePort } = settings
  if (!isPublishAddress(publishAddress)) {
    throw new InputError('REQUEST_INVALID', {
      detail: `publishAddress: ${JSON.stringify(publishAddress)} is not an IP address`,
      fields: [{ path: 'body.publishAddress', message: 'is not an IP address' }],
    })
  }
  if (publishAddress.includes(':')) {
    throw new ConflictError('ADDRESS_UNAVAILABLE', {
      detail: `${publishAddress}: inside its container the gateway listens on IPv4 only`,
    })
  }
  const exposure = exposureOf(publishAddress, [gatewayPort, bridgePort])
  if (exposure === null || isConfirmed || publishAddress === storedAddress) return
  throw new ConflictError('EXPOSURE_UNCONFIRMED', { detail: exposure })
}
