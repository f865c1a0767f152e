import type { Duplex } from 'node:stream'
import type { PanelConfig } from './config.ts'
import { createAdmission } from './host/split/admission.ts'
import type { FrontBounds } from './host/split/front-bounds.ts'
import { serveHost } from './host/split/serve-host.ts'
import { openHost } from './open-host.ts'

export interface RootHalf {
  /** The connection is over, and whatever was begun over it. */
  readonly ended: Promise<void>
  /** Ends the connection, and whatever was begun over it. */
  end(): Promise<void>
}

/**
 * Serves the machine to one front. Each connection has a host of its own, which ends with it: so nothing of it stays, no
 * program, no lock, no helper. What a front may use up is counted over all of them.
 */
export async function serveConnection(
  config: PanelConfig,
  connection: Duplex,
  bounds: FrontBounds,
): Promise<RootHalf> {
  const admission = await createAdmission(config.stateDir)
  const host = await openHost(config, admission)
  const { closed } = serveHost(host, connection, { admission, bounds })
  return {
    ended: closed,
    async end() {
      connection.destroy()
      await closed
    },
  }
}
