/** What a device that was let in needs after the gateway's token is another one. Imports nothing of Node. */
import type { PairedDevice } from '../../contract/devices.ts'

export interface DeviceNeed {
  /** As it calls itself, or a part of its id. */
  readonly name: string
  /** What is to be done, behind the name and a colon. */
  readonly need: string
}

/** Programs that run in the container and take the token from its environment (docs/facts/razroom-gateway.md). */
const IN_CONTAINER = /^cli\b|^gateway-client\b/
/** Of the Control UI and the chat in a browser. */
const BROWSER = /control-ui|webchat/

/**
 * The approval of a device stays: it is bound to its key, not to the token. What it says of itself tells what it is.
 * @returns one for each that is let in; those that are revoked need nothing
 */
export function needsAfterRotation(devices: readonly PairedDevice[]): DeviceNeed[] {
  return devices.flatMap(({ id, name, client = '', platform, role, isRevoked }) => {
    if (isRevoked) return []
    const called = name ?? ([client, platform].filter((text) => text).join(', ') || id.slice(0, 12))
    return [{ name: called, need: needOf(client, role) }]
  })
}

function needOf(client: string, role: string | undefined): string {
  if (IN_CONTAINER.test(client)) return 'needs nothing, for it has the token from its surroundings'
  if (BROWSER.test(client)) return 'open the Control UI there once with the new token (it stays approved)'
  if (role === 'node') return 'write the new token into its settings and connect it again (it stays approved)'
  return 'give it the new token where it has the old one (it stays approved)'
}
