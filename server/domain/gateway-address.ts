/** Where a published port answers, and who may reach it there. */
import { isIpAddress } from '../../contract/rules.ts'

/** An IPv6 address as the URL standard writes it (lower case, shortened), or null when it is none. */
function plainIpv6(address: string): string | null {
  if (!address.includes(':') || !URL.canParse(`http://[${address}]/`)) return null
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}

/** True for an address a port may be published on: an IPv4 or IPv6 literal that really is one. */
export function isPublishAddress(address: string): boolean {
  return isIpAddress(address) && (!address.includes(':') || plainIpv6(address) !== null)
}

/** True for an address that only this machine reaches: 127.0.0.0/8 (RFC 6890), ::1 (RFC 4291). */
export function isLoopback(address: string): boolean {
  if (!address.includes(':')) return isIpAddress(address) && address.startsWith('127.')
  const plain = plainIpv6(address)
  return plain === '::1' || (plain?.startsWith('::ffff:7f') ?? false)
}

/**
 * The address at which a program of this machine reaches a port that is published there: the address itself, or the
 * loopback address when it is published on all of them.
 * @param publishAddress an IP literal; '' as podman says it for all IPv4 addresses
 */
export function gatewayAddress(publishAddress: string): string {
  if (publishAddress === '' || publishAddress === '0.0.0.0') return '127.0.0.1'
  return plainIpv6(publishAddress) === '::' ? '::1' : publishAddress
}

/** `host:port` of a URL for {@link gatewayAddress}; IPv6 in brackets (RFC 3986, 3.2.2). */
export function gatewayAuthority(publishAddress: string, port: number): string {
  const address = gatewayAddress(publishAddress)
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/**
 * What becomes reachable, and for whom, when ports are published at this address.
 * @param ports host ports
 * @returns null for a loopback address: other machines reach nothing
 */
export function exposureOf(publishAddress: string, ports: readonly number[]): string | null {
  if (isLoopback(publishAddress)) return null
  const isAll = publishAddress === '0.0.0.0' || plainIpv6(publishAddress) === '::'
  const where = isAll ? 'at every address of this machine' : `at ${publishAddress}`
  return (
    `the gateway and its bridge (ports ${ports.join(' and ')}) answer ${where}, ` +
    'to every machine that can reach it; the token is then all that protects them, and it crosses the network unencrypted'
  )
}
