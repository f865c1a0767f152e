/** Where the gateway is reached: ports and address as they are filled in, checked and said in a shell. */
import { isPublishablePort, MAX_PORT, MIN_ROOTLESS_PORT } from '../../contract/rules.ts'
import { isLoopback, isPublishAddress } from '../../server/domain/gateway-address.ts'

export interface PortsForm {
  readonly gatewayPort: string
  readonly bridgePort: string
  readonly publishAddress: string
  /** An address beyond this machine is meant. */
  readonly isExposureConfirmed: boolean
}

export type PortsErrors = { readonly [K in keyof PortsForm]?: string }

/** What is wrong with the form, by field; nothing when it can be sent. */
export function checkPorts(form: PortsForm): PortsErrors {
  const gatewayPort = checkPort(form.gatewayPort)
  const bridgePort =
    checkPort(form.bridgePort) ??
    (readPort(form.bridgePort) === readPort(form.gatewayPort)
      ? 'This is the port of the gateway: choose another one.'
      : undefined)
  const publishAddress = isPublishAddress(form.publishAddress.trim())
    ? undefined
    : 'Give an IPv4 or IPv6 address, such as 127.0.0.1.'
  const isExposureConfirmed =
    isExposed(form.publishAddress) && !form.isExposureConfirmed
      ? 'Tick this, or publish on 127.0.0.1.'
      : undefined
  return {
    ...(gatewayPort === undefined ? {} : { gatewayPort }),
    ...(bridgePort === undefined ? {} : { bridgePort }),
    ...(publishAddress === undefined ? {} : { publishAddress }),
    ...(isExposureConfirmed === undefined ? {} : { isExposureConfirmed }),
  }
}

/** A port as a number; NaN for anything but one to five ASCII digits. */
export function readPort(text: string): number {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
}

/** True for an address that other machines may reach. What is no address at all is not: it is refused anyway. */
export function isExposed(text: string): boolean {
  const address = text.trim()
  return isPublishAddress(address) && !isLoopback(address)
}

function checkPort(text: string): string | undefined {
  return isPublishablePort(readPort(text))
    ? undefined
    : `Give a port from ${MIN_ROOTLESS_PORT} to ${MAX_PORT}.`
}
