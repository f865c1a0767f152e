import type { Connection } from './cli/cli-io.ts'
import type { PanelConfig } from './config.ts'
import { isSocketLive } from './host/control-socket.ts'
import { createAdmission } from './host/split/admission.ts'
import { guardHost } from './host/split/guard-host.ts'
import { openHost } from './open-host.ts'
import { createPanel } from './panel.ts'

/**
 * The way to the panel for the command line: the daemon's control socket; where no daemon runs, the same app in this
 * process, on a private socket, under the same lock for changes.
 */
export async function connectPanel(config: PanelConfig): Promise<Connection> {
  if (await isSocketLive(config.controlSocket)) {
    return { socketPath: config.controlSocket, isDaemon: true, close: async () => {} }
  }
  const panel = await createPanel(config, async (redact) => {
    // The settings may be what a front without rights has written: they name no one and nothing that root has not.
    const admission = await createAdmission(config.stateDir)
    return guardHost(await openHost(config, admission, redact), admission)
  })
  const control = await panel.buildControl()
  const socketPath = await panel.deps.host.makePrivateSocketPath()
  await control.listen({ path: socketPath })
  return {
    socketPath,
    isDaemon: false,
    async close() {
      await control.close()
      await panel.close()
    },
  }
}
