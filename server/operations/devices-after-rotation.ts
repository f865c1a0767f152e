/** The last step of a rotation: what each device that was let in needs now. */
import { devicePaths, pairedDevices, readDeviceRecords } from '../domain/device-list.ts'
import { needsAfterRotation } from '../domain/device-needs.ts'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { MAX_DEVICE_FILE_BYTES } from './devices.ts'
import { requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'

const SHOWN = 10

/** Looks, changes nothing, and keeps no rotation from its success. */
export function devicesStep(host: Host): Step {
  return {
    id: 'look-at-devices',
    title: 'Look who needs the new token',
    async run(context) {
      context.command('sudo razroom-panel devices list')
      context.found(await describeNeeds(host))
    },
  }
}

async function describeNeeds(host: Host): Promise<string> {
  try {
    const { user, paths } = await requireUser(host)
    const path = devicePaths(paths.configDir).paired
    const file = await host.readUserFile(user, path, MAX_DEVICE_FILE_BYTES)
    const needs = needsAfterRotation(pairedDevices(readDeviceRecords(file?.bytes ?? null, path)).devices)
    if (needs.length === 0) return 'no browser or device is approved yet: none needs anything'
    const more = needs.length > SHOWN ? [`and ${needs.length - SHOWN} more, as on the overview`] : []
    return [...needs.slice(0, SHOWN).map(({ name, need }) => `${name}: ${need}`), ...more].join('; ')
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    return `the list of devices can not be read: ${error.message}`
  }
}
