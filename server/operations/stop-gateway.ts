import { STOP_TIMEOUT_SECONDS } from '../domain/gateway-spec.ts'
import type { Host } from '../host/host.ts'
import { requireUser } from './gateway-files.ts'
import type { OperationPlan } from './runner.ts'

async function readContainerName(host: Host): Promise<string> {
  return (await host.readState()).settings?.containerName ?? 'razroom'
}

/** Stops the container; config, workspace and the container itself stay. */
export function stopGateway(host: Host): OperationPlan {
  return {
    kind: 'stop-gateway',
    steps: [
      {
        id: 'stop-container',
        title: 'Stop the container',
        async run(context) {
          const { user } = await requireUser(host)
          const name = await readContainerName(host)
          const timeout = String(STOP_TIMEOUT_SECONDS)
          context.command(host.describePodman(user, ['stop', '--time', timeout, name]))
          const container = await host.inspectContainer(user, name)
          context.found(container ? `container is ${container.status}` : 'no container')
          if (!container?.running) return
          await host.stopContainer(user, name, STOP_TIMEOUT_SECONDS, context.watch)
          context.did('stopped')
        },
      },
    ],
  }
}

/** Removes the container; config and workspace on the host stay. */
export function removeContainer(host: Host): OperationPlan {
  return {
    kind: 'remove-container',
    steps: [
      {
        id: 'remove-container',
        title: 'Remove the container',
        async run(context) {
          const { user, paths } = await requireUser(host)
          const name = await readContainerName(host)
          context.command(host.describePodman(user, ['rm', '--force', name]))
          const container = await host.inspectContainer(user, name)
          context.found(container ? `container is ${container.status}` : 'no container')
          if (!container) return
          if (container.running) await host.stopContainer(user, name, STOP_TIMEOUT_SECONDS, context.watch)
          await host.removeContainer(user, name)
          context.did(`removed; ${paths.configDir} stays`)
        },
      },
    ],
  }
}
