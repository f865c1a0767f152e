import { defaultSettings, type ModeRequest } from '../../contract/settings.ts'
import type { Host } from '../host/host.ts'
import { portsStep, startStep } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import { checkMode, readUnitView, unitStep } from './gateway-unit.ts'
import type { OperationPlan, Step } from './runner.ts'
import { userManagerStep } from './setup-user.ts'
import { bringUpSteps } from './start-gateway.ts'
import { healthyStep } from './wait-until-healthy.ts'

/**
 * Hands the gateway over from podman to systemd, or back. It runs afterwards, whatever it did before: so the operation,
 * begun again after it was ended half-way, comes to the same end. A change of the start at boot alone restarts nothing.
 */
export function switchMode(host: Host, request: ModeRequest): OperationPlan {
  return {
    kind: 'switch-mode',
    steps: [storeModeStep(host, request), userManagerStep(host), ...bringUpSteps(host, { force: false })],
  }
}

function storeModeStep(host: Host, request: ModeRequest): Step {
  return {
    id: 'store-mode',
    title: 'How the gateway is to run',
    async run(context) {
      await requireUser(host)
      const settings = (await host.readState()).settings ?? defaultSettings()
      const next = {
        ...settings,
        mode: request.mode ?? settings.mode,
        startAtBoot: request.startAtBoot ?? settings.startAtBoot,
      }
      await checkMode(host, next)
      // What cannot be read could not be handed over: nothing is stored then.
      await readUnitView(host)
      const atBoot = next.startAtBoot ? 'started at boot' : 'not started at boot'
      const words = next.mode === 'quadlet' ? `as a systemd service, ${atBoot}` : 'as a container of podman'
      context.command(
        `sudo razroom-panel setup --${next.mode}${next.startAtBoot ? '' : ' --no-start-at-boot'}`,
      )
      context.found(words)
      if (JSON.stringify(next) === JSON.stringify(settings)) return
      await host.updateState({ settings: { mode: next.mode, startAtBoot: next.startAtBoot } })
      context.did(`stored: ${words}`)
    },
  }
}

/**
 * Puts the panel's own unit in the place of one that was edited or made by hand, which is kept beside it, and starts the
 * gateway anew with it. A unit that is the panel's own already is no reason to: then this is no more than a start.
 */
export function replaceUnit(host: Host): OperationPlan {
  const unit = unitStep(host, { replace: true })
  let isReplaced = false
  return {
    kind: 'replace-unit',
    steps: [
      portsStep(host),
      {
        ...unit,
        run: (context) =>
          unit.run({
            ...context,
            did(text) {
              isReplaced = true
              context.did(text)
            },
          }),
      },
      startStep(host, { force: () => isReplaced }),
      healthyStep(host),
    ],
  }
}
