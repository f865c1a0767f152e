import type { PanelConfig } from './config.ts'
import { createPanel } from './panel.ts'

export interface Connection {
  readonly socketPath: string
  close(): Promise<void>
}

/**
 * The way to the panel for the command line: the daemon's control socket; where no daemon runs, the same app in this
 * process, on a private socket, under the same lock for changes.
 */
export async function connectPanel(config: PanelConfig): Promise<Connection> {
  const panel = await createPanel(config)
  if (await panel.deps.host.isControlSocketLive()) {
    await panel.close()
    return { socketPath: config.controlSocket, close: async () => {} }
  }
  const control = await panel.buildControl()
  const socketPath = await panel.deps.host.makePrivateSocketPath()
  await control.listen({ path: socketPath })
  return {
    socketPath,
    async close() {
      await control.close()
      await panel.close()
    },
  }
}
