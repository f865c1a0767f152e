import type { ModeRequest, SettingsPatch } from '../../contract/settings.ts'
import { settings, setupPlan, unit } from '../state/settings.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'
import { loadSetupPlan } from './setup.ts'

/** Reads the settings, what is possible on this machine, and the unit. */
export async function loadRunSettings(): Promise<void> {
  await Promise.all([
    loadInto(settings, () => api('GET /api/settings')),
    loadInto(setupPlan, loadSetupPlan),
    loadUnit(),
  ])
}

/** Reads the unit: the file as it is, and as the panel would write it. */
export async function loadUnit(): Promise<void> {
  await loadInto(unit, () => api('GET /api/unit'))
}

/**
 * Stores a change of settings. What is left out stays; a running gateway sees it after a restart.
 * @throws {ApiProblem} REQUEST_INVALID with fields, EXPOSURE_UNCONFIRMED, STEP_UP_REQUIRED when declined
 */
export async function saveSettings(patch: SettingsPatch): Promise<void> {
  settings.value = { kind: 'known', value: await api('PUT /api/settings', { body: patch }) }
}

/** Starts the change between container and systemd service, or of the start at boot. @throws {ApiProblem} MODE_UNSUPPORTED */
export async function switchMode(request: ModeRequest): Promise<void> {
  await api('POST /api/mode', { body: request })
}

/** Puts the panel's own unit in the place of one that somebody else wrote. @throws {ApiProblem} OPERATION_RUNNING */
export async function replaceUnit(): Promise<void> {
  await api('POST /api/unit/replace')
}
