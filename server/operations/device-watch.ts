/**
 * Tells of devices within moments of their being refused: the gateway writes each request to `devices/pending.json`
 * when it answers "pairing required", so that its files tell more, and sooner, than its log or its slow commands.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeviceList } from '../../contract/devices.ts'
import { devicePaths, PENDING_LIFETIME_MS } from '../domain/device-list.ts'
import { PanelError } from '../errors.ts'
import type { EventBus } from '../events.ts'
import type { Host } from '../host/host.ts'
import type { Devices } from './devices.ts'
import { requireUser } from './gateway-files.ts'

/** Whoever writes the files fast makes nobody read them faster. */
const AT_MOST_EVERY_MS = 500
const RETRY_MS = 2_000
/** A request that a browser repeats every two seconds is told once in so long. */
const SAME_REQUEST_MS = 60_000

export interface DeviceWatch {
  /** Publishes `devices.changed` from now on, until closed. */
  run(): void
  close(): Promise<void>
}

export function createDeviceWatch(host: Host, bus: EventBus, devices: Devices): DeviceWatch {
  const closing = new AbortController()
  let unsubscribe: () => void = () => {}
  let following: Promise<void> = Promise.resolve()
  /** Ends the watch when other files may be the gateway's. */
  let watch = new AbortController()
  let told: string | null = null
  let expiry: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let isStale = false

  async function look(): Promise<void> {
    do {
      isStale = false
      const list = await devices.read()
      clearTimeout(expiry)
      if (closing.signal.aborted) return
      const expiresInMs = nextExpiry(list)
      if (expiresInMs !== null) expiry = setTimeout(() => void tell(), expiresInMs)
      const essence = essenceOf(list)
      if (essence !== told) {
        told = essence
        bus.publish({ type: 'devices.changed', pending: list.pending.length })
        await pause(AT_MOST_EVERY_MS)
      }
    } while (isStale)
  }

  /** One look at a time; a change that comes meanwhile makes it look once more. */
  function tell(): Promise<void> {
    if (looking) isStale = true
    looking ??= look()
      .catch(report)
      .finally(() => {
        looking = null
      })
    return looking
  }

  function report(error: unknown): void {
    if (!closing.signal.aborted)
      console.error('devices:', error instanceof PanelError ? error.message : error)
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      const signal = AbortSignal.any([closing.signal, watch.signal])
      try {
        const { user, paths } = await requireUser(host)
        const { pending, paired } = devicePaths(paths.configDir)
        for await (const _path of host.watchUserFiles(user, [pending, paired], signal)) void tell()
      } catch (error) {
        if (!(error instanceof PanelError && error.code === 'SETUP_REQUIRED')) report(error)
      }
      // Woken by an end that was asked for: the loop looks at the signals itself.
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    run() {
      let state = ''
      unsubscribe = bus.subscribe((event) => {
        if (event.type === 'status.changed' && event.status.gateway.state !== state) {
          state = event.status.gateway.state
          void tell()
        }
        if (event.type !== 'operation.finished') return
        if (event.operation.kind === 'setup' || event.operation.kind === 'restore') {
          watch.abort()
          watch = new AbortController()
        }
      })
      following = follow()
    },
    async close() {
      closing.abort()
      unsubscribe()
      clearTimeout(expiry)
      await following
      await looking
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** When the next request ends by itself, in ms from now; null when none does. */
function nextExpiry({ pending }: DeviceList): number | null {
  const ends = pending.flatMap(({ requestedAt }) =>
    requestedAt === undefined ? [] : [Date.parse(requestedAt) + PENDING_LIFETIME_MS],
  )
  return ends.length === 0 ? null : Math.max(1_000, Math.min(...ends) - Date.now() + 100)
}

/** What makes a list another one: not when it was read, nor that a browser asks again. */
function essenceOf({ at: _at, pending, ...rest }: DeviceList): string {
  const asked = (time: string | undefined) =>
    time === undefined ? null : Math.floor(Date.parse(time) / SAME_REQUEST_MS)
  const requests = pending.map((device) => ({ ...device, requestedAt: asked(device.requestedAt) }))
  return JSON.stringify({ ...rest, pending: requests.sort((a, b) => (a.id < b.id ? -1 : 1)) })
}
