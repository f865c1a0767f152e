import { DEFAULT_BRIDGE_PORT, DEFAULT_GATEWAY_PORT } from '../../contract/rules.ts'
import type { Settings } from '../../contract/schemas.ts'

/** What setup assumes when nobody said otherwise (docs/facts/razroom-gateway.md for the ports). */
export function defaultSettings(): Settings {
  return {
    user: 'razroom',
    containerName: 'razroom',
    mode: 'container',
    image: { kind: 'bundled' },
    gatewayPort: DEFAULT_GATEWAY_PORT,
    bridgePort: DEFAULT_BRIDGE_PORT,
    publishAddress: '127.0.0.1',
    allowedHosts: [],
    adminUids: [],
  }
}
