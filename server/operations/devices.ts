/** The devices of the gateway: read from its files, changed by its own commands. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeviceList, PairedDevice, PendingDevice } from '../../contract/devices.ts'
import type { GatewayState } from '../../contract/schemas.ts'
import {
  type DeviceEntries,
  devicePaths,
  deviceRoles,
  pairedDevices,
  pendingDevices,
  readDeviceRecords,
} from '../domain/device-list.ts'
import { ConflictError, HostError, NotFoundError, PanelError } from '../errors.ts'
import type { ContainerCommandResult, Host, UserAccount } from '../host/host.ts'
import type { GatewayCommands } from './gateway-commands.ts'
import { requireUser } from './gateway-files.ts'

/** A record has some 1 kB; the gateway of a team has dozens. */
export const MAX_DEVICE_FILE_BYTES = 4_194_304
/** A command takes 2 to 6 s on an idle machine (docs/facts/razroom-gateway.md); the CLI waits a minute for an answer. */
const COMMAND_TIMEOUT_MS = 25_000
/** The gateway writes its files before it answers; this is for a slow disk. */
const SETTLE_TRIES = 10
const SETTLE_PAUSE_MS = 200
/** Gateways before the command answer so: the parser of its command line is commander. */
const UNKNOWN_COMMAND = /unknown command|too many arguments/i

export type DeviceAction = 'approve' | 'reject' | 'revoke'

export interface Devices {
  /** Never throws for what a person can mend: then `available` is false, with the reason. */
  read(): Promise<DeviceList>
  /**
   * Approves or rejects a request, or revokes a device, by a command of the gateway.
   * @returns the list after it
   * @throws {PanelError} SETUP_REQUIRED, GATEWAY_NOT_RUNNING, DEVICE_NOT_FOUND, DEVICES_UNREADABLE,
   *   GATEWAY_COMMAND_FAILED
   */
  act(action: DeviceAction, id: string): Promise<DeviceList>
}

export interface DevicesOptions {
  readonly host: Host
  readonly commands: GatewayCommands
  readonly readState: () => Promise<GatewayState>
  /** Masks secrets: whoever knows the gateway's token could call a device so. */
  readonly redact: (text: string) => string
}

/** How a gateway is that does not run, as the end of a sentence. */
export const NOT_RUNNING: Readonly<Record<Exclude<GatewayState, 'running'>, string>> = {
  absent: 'there is no container yet',
  stopped: 'it is stopped',
  starting: 'it is still starting',
  failed: 'its start failed',
}

export function createDevices({ host, commands, readState, redact }: DevicesOptions): Devices {
  const read = async (): Promise<DeviceList> => {
    const at = new Date().toISOString()
    try {
      const { user, paths } = await requireUser(host)
      const { pending, paired } = await readFiles(host, user, paths.configDir)
      const state = await readState()
      return {
        ...(state === 'running'
          ? { available: true }
          : { available: false, reason: `The gateway does not run: ${NOT_RUNNING[state]}.` }),
        pending: pending.devices.map((device) => masked(device, redact)),
        paired: paired.devices.map((device) => masked(device, redact)),
        skipped: pending.skipped + paired.skipped,
        at,
      }
    } catch (error) {
      if (!(error instanceof PanelError)) throw error
      return { available: false, reason: error.message, pending: [], paired: [], skipped: 0, at }
    }
  }

  return {
    read,
    async act(action, id) {
      const { user, paths } = await requireUser(host)
      const state = await readState()
      if (state !== 'running') throw new ConflictError('GATEWAY_NOT_RUNNING', { detail: NOT_RUNNING[state] })
      const look = () => readFiles(host, user, paths.configDir)
      const before = await look()
      if (!knows(before, action, id)) throw new NotFoundError('DEVICE_NOT_FOUND', { detail: id })
      if (action === 'revoke') await revoke(commands, id, deviceRoles(before.pairedRecords, id))
      else await commands.run(['devices', action, id, '--json'], COMMAND_TIMEOUT_MS)
      for (let tries = 1; knows(await look(), action, id); tries += 1) {
        if (tries === SETTLE_TRIES) {
          const detail = `devices ${action} reported success, and ${id} is on the gateway’s list as before`
          throw new HostError('GATEWAY_COMMAND_FAILED', { detail })
        }
        await sleep(SETTLE_PAUSE_MS)
      }
      return read()
    },
  }
}

interface DeviceFiles {
  readonly pending: DeviceEntries<PendingDevice>
  readonly paired: DeviceEntries<PairedDevice>
  readonly pairedRecords: readonly unknown[]
}

async function readFiles(host: Host, user: UserAccount, configDir: string): Promise<DeviceFiles> {
  const paths = devicePaths(configDir)
  const [pendingRecords, pairedRecords] = await Promise.all(
    [paths.pending, paths.paired].map(async (path) =>
      readDeviceRecords((await host.readUserFile(user, path, MAX_DEVICE_FILE_BYTES))?.bytes ?? null, path),
    ),
  )
  return {
    pending: pendingDevices(pendingRecords ?? [], Date.now()),
    paired: pairedDevices(pairedRecords ?? []),
    pairedRecords: pairedRecords ?? [],
  }
}

/** The id is there to be acted upon, and therefore gone from there afterwards. */
function knows({ pending, paired }: DeviceFiles, action: DeviceAction, id: string): boolean {
  if (action !== 'revoke') return pending.devices.some((device) => device.id === id)
  return paired.devices.some((device) => device.id === id && !device.isRevoked)
}

/**
 * Newer gateways remove a device with all it has; older ones only revoke its token for a role, and have the device on
 * their list from then on.
 */
async function revoke(commands: GatewayCommands, id: string, roles: readonly string[]): Promise<void> {
  const isUnknown = ({ stderrLines }: ContainerCommandResult) => UNKNOWN_COMMAND.test(stderrLines.join('\n'))
  const removed = await commands.run(['devices', 'remove', id, '--json'], COMMAND_TIMEOUT_MS, isUnknown)
  if (removed.exitCode === 0) return
  for (const role of roles)
    await commands.run(['devices', 'revoke', '--device', id, '--role', role, '--json'], COMMAND_TIMEOUT_MS)
}

function masked<T extends PendingDevice | PairedDevice>(device: T, redact: (text: string) => string): T {
  const said = Object.fromEntries(
    (['name', 'platform', 'client', 'role', 'ip'] as const).flatMap((key) => {
      const text = device[key]
      return text === undefined ? [] : [[key, redact(text)]]
    }),
  )
  return { ...device, ...said }
}
