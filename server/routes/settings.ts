import { defaultSettings, type Settings, type SettingsPatch } from '../../contract/settings.ts'
import { AuthError, InputError } from '../errors.ts'
import type { Handlers } from '../http/bind-routes.ts'
import { applyBackupSchedule } from '../operations/backup-schedule.ts'
import { checkExposure } from '../operations/check-exposure.ts'
import type { PanelDeps } from './deps.ts'
import { lookAfterSave } from './look-after-save.ts'

type SettingsKeys = 'GET /api/settings' | 'PUT /api/settings'

/** SHELL_ONLY: a session that was stolen must not become a lasting way in. */
function refuseFromPage(startedBy: string, { adminUids, allowedHosts }: SettingsPatch): void {
  if (startedBy !== 'page' || (adminUids === undefined && allowedHosts === undefined)) return
  throw new AuthError('SHELL_ONLY')
}

export function settingsRoutes({ host, monitor }: PanelDeps): Pick<Handlers, SettingsKeys> {
  const read = async (): Promise<Settings> => (await host.readState()).settings ?? defaultSettings()
  return {
    'GET /api/settings': read,
    'PUT /api/settings': async ({ body: { confirmExposure = false, ...change }, request }) => {
      refuseFromPage(request.startedBy, change)
      const stored = await read()
      const settings: Settings = { ...stored, ...change }
      if (settings.gatewayPort === settings.bridgePort) {
        const fields = [{ path: 'body.bridgePort', message: 'is the gateway’s port' }]
        throw new InputError('REQUEST_INVALID', { detail: 'gateway and bridge need two ports', fields })
      }
      checkExposure(settings, stored.publishAddress, confirmExposure)
      await host.updateState({ settings: change })
      if (change.backupSchedule !== undefined) await applyBackupSchedule(host, settings.backupSchedule)
      await lookAfterSave(monitor)
      return settings
    },
  }
}
