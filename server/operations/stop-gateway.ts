import { STOP_TIMEOUT_SECONDS } from '../domain/gateway-spec.ts'
import type { ContainerFacts, Host } from '../host/host.ts'
import { ownerUnit } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import { retireAllUnits } from './gateway-unit.ts'
import type { OperationPlan, Step, StepContext } from './runner.ts'
import { unitPlace } from './unit-file.ts'

/** Stops the gateway; config, workspace and the container (or its unit) stay. */
export function stopGateway(host: Host): OperationPlan {
  const step = stopStep(host)
  const run = async (context: StepContext): Promise<void> => {
    // A restore that was cut off would start it again; whoever stops it does not want that any more.
    await host.writeRestoreMark(null)
    await step.run(context)
  }
  return { kind: 'stop-gateway', steps: [{ ...step, run }] }
}

/** The step that stops the gateway through whoever would start it again: its unit, or podman. */
export function stopStep(host: Host): Step {
  return {
    id: 'stop-container',
    title: 'Stop the gateway',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const name = settings.containerName
      const container = await host.inspectContainer(user, name)
      const unit = await unitInCharge(host, container)
      if (unit !== null) {
        context.command(host.describeSystemctl(user, ['stop', unit]))
        const { activeState } = await host.readUnit(user, unit)
        context.found(`${unit} is ${activeState}`)
        const isIdle = activeState === 'inactive' || activeState === 'failed'
        if (isIdle && container?.running !== true) return
        await host.stopUnit(user, unit, context.watch)
        context.did(`stopped ${unit}`)
        if (container && ownerUnit(container) === unit) return
      } else {
        context.command(host.describePodman(user, ['stop', '--time', String(STOP_TIMEOUT_SECONDS), name]))
        context.found(container ? `container is ${container.status}` : 'no container')
      }
      if (container?.status === 'paused') {
        // podman stops no paused one, and its processes take no signal.
        await host.removeContainer(user, name)
        context.did('removed: it was paused')
      }
      if (!container?.running) return
      await host.stopContainer(user, name, STOP_TIMEOUT_SECONDS, context.watch)
      context.did('stopped')
    },
  }
}

/** The unit that the container belongs to, or that the settings say it should; null in container mode. */
async function unitInCharge(host: Host, container: ContainerFacts | null): Promise<string | null> {
  const { user, settings } = await requireUser(host)
  const owner = container?.running ? ownerUnit(container) : null
  if (owner !== null) return owner
  if (settings.mode !== 'quadlet' || !(await host.readFacts()).hasSystemd) return null
  return unitPlace(user, settings.containerName, 'quadlet').name
}

/** Removes the container, and the unit that would make it again; config and workspace on the host stay. */
export function removeContainer(host: Host): OperationPlan {
  return {
    kind: 'remove-container',
    steps: [
      stopStep(host),
      {
        id: 'remove-unit',
        title: 'Remove the systemd unit',
        async run(context) {
          const { user, settings } = await requireUser(host)
          if (!(await host.readFacts()).hasSystemd) {
            context.found('no systemd here')
            return
          }
          const done = await retireAllUnits(host, user, settings)
          if (done.length > 0) context.did(done.join('; '))
          else context.found('there is none')
        },
      },
      {
        id: 'remove-container',
        title: 'Remove the container',
        async run(context) {
          const { user, paths, settings } = await requireUser(host)
          const name = settings.containerName
          context.command(host.describePodman(user, ['rm', '--force', name]))
          const container = await host.inspectContainer(user, name)
          context.found(container ? `container is ${container.status}` : 'no container')
          if (!container) return
          await host.removeContainer(user, name)
          context.did(`removed; ${paths.configDir} stays`)
        },
      },
    ],
  }
}
