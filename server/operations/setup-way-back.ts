/** The settings of a gateway that is set up, put back when a setup with other ones fails before it reaches that gateway. */
import type { Settings } from '../../contract/settings.ts'
import type { Host } from '../host/host.ts'
import type { Step } from './runner.ts'
import { gatewaySettings } from './setup-settings.ts'
import { orTakeBack } from './take-back.ts'

/** What was stored before a setup; null while there is nothing to put back. */
export interface FormerSettings {
  settings: Settings | null
}

/**
 * The step, after whose failure or cancelling the former settings count again: the gateway still runs with them, and the
 * panel would look for it elsewhere. The error is that of the step.
 */
export function puttingSettingsBack(host: Host, former: FormerSettings, step: Step): Step {
  return orTakeBack(step, async (context) => {
    if (former.settings === null) return
    await host.updateState({ settings: gatewaySettings(former.settings) })
    context.did('put the settings of before back')
  })
}
