/** The settings of a gateway that is set up, put back when a setup with other ones fails before it reaches that gateway. */
import type { Settings } from '../../contract/settings.ts'
import type { Host } from '../host/host.ts'
import type { Step } from './runner.ts'
import { orTakeBack } from './take-back.ts'

/**
 * How those settings were stored that a setup changes; null while there is nothing to put back. Another one may be saved
 * meanwhile, and stays.
 */
export interface FormerSettings {
  settings: Partial<Settings> | null
}

/** @returns of the settings that differ between the two, the former ones */
export function formerOf(former: Settings, next: Settings): Partial<Settings> {
  const names = Object.keys(former) as (keyof Settings)[]
  const changed = names.filter((name) => JSON.stringify(former[name]) !== JSON.stringify(next[name]))
  return Object.fromEntries(changed.map((name) => [name, former[name]]))
}

/**
 * The step, after whose failure or cancelling the former settings count again: the gateway still runs with them, and the
 * panel would look for it elsewhere. The error is that of the step.
 */
export function puttingSettingsBack(host: Host, former: FormerSettings, step: Step): Step {
  return orTakeBack(step, async (context) => {
    if (former.settings === null) return
    await host.updateState({ settings: former.settings })
    context.did('put the settings of before back')
  })
}
