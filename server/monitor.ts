/** Derives the status from the machine and tells when it changes: podman's events push, a slow look backs them up. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayState, GatewayStatus, ImageStatus, Status } from '../contract/schemas.ts'
import { gatewayPaths } from './domain/gateway-spec.ts'
import { PanelError } from './errors.ts'
import type { EventBus } from './events.ts'
import type { ContainerFacts, Host, UserAccount } from './host/host.ts'
import { defaultSettings } from './operations/default-settings.ts'
import { imageLabel, imageReference } from './operations/ensure-image.ts'
import { pendingReasons, readWanted } from './operations/gateway-container.ts'
import { explainEnd } from './operations/wait-until-healthy.ts'

const STARTING_PROBE_MS = 500
const RUNNING_PROBE_MS = 5_000
const IDLE_LOOK_MS = 30_000
const RETRY_WATCH_MS = 1_000
/** Ends of a container a person asked for: 0, SIGTERM (128 + 15). */
const ORDERLY_EXITS = new Set([0, 143])

export interface Monitor {
  /** The last status; looks at the machine first when nothing has been seen yet. */
  read(): Promise<Status>
  /** Looks at the machine now and publishes what changed. */
  refresh(): Promise<Status>
  /** Follows the machine until closed. */
  run(): void
  close(): Promise<void>
}

export interface MonitorOptions {
  readonly host: Host
  readonly bus: EventBus
  readonly version: string
  runningOperationId(): string | null
}

export function createMonitor({ host, bus, version, runningOperationId }: MonitorOptions): Monitor {
  const closing = new AbortController()
  let status: Status | null = null
  let looking: Promise<Status> | null = null
  let again = false
  /** Containers that have answered since their start: from then on no answer is "unhealthy", not "starting". */
  let answeredKey = ''
  let fatalKey = ''
  let fatal: GatewayStatus['fatal']
  let wake: () => void = () => {}

  async function stateOf(
    user: UserAccount,
    container: ContainerFacts | null,
    port: number,
  ): Promise<Partial<GatewayStatus> & { state: GatewayState; healthy: boolean }> {
    if (!container) return { state: 'absent', healthy: false }
    const ids = { containerId: container.id, containerName: container.name }
    if (container.running) {
      const key = `${container.id} ${container.startedAt}`
      const [probe, usage] = await Promise.all([host.probeGateway(port, null), host.readUsage(container.pid)])
      if (probe.answered) answeredKey = key
      const hasAnswered = answeredKey === key
      return {
        ...ids,
        state: hasAnswered ? 'running' : 'starting',
        healthy: probe.answered,
        since: container.startedAt,
        ...(usage ? { usage: { cpuPercent: usage.cpuPercent, memoryBytes: usage.memoryBytes } } : {}),
      }
    }
    if (container.status === 'created' || container.status === 'configured')
      return { ...ids, state: 'stopped', healthy: false }
    const isOrderly = ORDERLY_EXITS.has(container.exitCode) || container.stoppedByUser
    if (isOrderly)
      return {
        ...ids,
        state: 'stopped',
        healthy: false,
        since: container.finishedAt,
        exitCode: container.exitCode,
      }
    const key = `${container.id} ${container.finishedAt}`
    if (fatalKey !== key) {
      fatal = (await explainEnd(host, user, container)) ?? undefined
      fatalKey = key
    }
    return {
      ...ids,
      state: 'failed',
      healthy: false,
      since: container.finishedAt,
      exitCode: container.exitCode,
      ...(fatal ? { fatal } : {}),
    }
  }

  async function look(): Promise<Status> {
    const { settings: stored, startDurationsMs } = await host.readState()
    const settings = stored ?? defaultSettings()
    const user = stored ? await host.findUser(settings.user) : null
    const container = user ? await host.inspectContainer(user, settings.containerName) : null
    const gateway = user
      ? await stateOf(user, container, settings.gatewayPort)
      : { state: 'absent' as const, healthy: false }
    const image = user ? await host.inspectImage(user, imageReference(settings.image)) : null
    const usual = startDurationsMs.length > 0 ? Math.max(...startDurationsMs) : undefined
    const imageStatus: ImageStatus | null = image
      ? {
          source: settings.image,
          label: imageLabel(settings.image),
          reference: image.reference,
          id: image.id,
          createdAt: image.createdAt,
          sizeBytes: image.sizeBytes,
          isRunning: container?.running === true && container.imageId === image.id,
        }
      : null
    const reasons = container?.running && image ? pendingReasons(await readWanted(host), container) : []
    return {
      gateway: {
        mode: settings.mode,
        ports: {
          address: settings.publishAddress,
          gateway: settings.gatewayPort,
          bridge: settings.bridgePort,
        },
        url: `http://127.0.0.1:${settings.gatewayPort}/`,
        containerName: settings.containerName,
        ...(usual === undefined ? {} : { usualStartMs: usual }),
        ...gateway,
      },
      image: imageStatus,
      restartRequired: reasons.length > 0,
      restartReasons: reasons,
      isSetUp: user !== null && image !== null,
      user: { name: settings.user, uid: user?.uid ?? null, home: user?.home ?? null },
      panel: { version },
      operationId: runningOperationId(),
    }
  }

  async function refresh(): Promise<Status> {
    if (looking) {
      again = true
      return looking
    }
    looking = (async () => {
      try {
        let seen: Status
        do {
          again = false
          seen = await look()
        } while (again && !closing.signal.aborted)
        if (JSON.stringify(seen) !== JSON.stringify(status)) {
          status = seen
          bus.publish({ type: 'status.changed', status: seen })
        }
        return seen
      } finally {
        looking = null
      }
    })()
    return looking
  }

  function report(what: string, error: unknown): void {
    if (closing.signal.aborted) return
    const reason = error instanceof PanelError ? error.message : error
    console.error(`${what}:`, reason)
  }

  async function nap(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: closing.signal })
    } catch {
      // Woken by close(): the loops look at the signal themselves.
    }
  }

  /** Like nap, but ends early when something has changed, since the next look may be due sooner then. */
  async function napUntilWoken(ms: number): Promise<void> {
    await Promise.race([
      nap(ms),
      new Promise<void>((resolve) => {
        wake = resolve
      }),
    ])
  }

  async function findUser(): Promise<UserAccount | null> {
    const { settings } = await host.readState()
    return settings ? host.findUser(settings.user) : null
  }

  /** Repeats a watch for as long as the monitor runs; a watch that ends is started again after a pause. */
  async function keepWatching(what: string, watch: (user: UserAccount) => Promise<void>): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const user = await findUser()
        if (user) await watch(user)
      } catch (error) {
        report(what, error)
      }
      await nap(RETRY_WATCH_MS)
    }
  }

  async function refreshAndReport(): Promise<void> {
    try {
      await refresh()
    } catch (error) {
      report('status', error)
    }
    wake()
  }

  async function lookRegularly(): Promise<void> {
    while (!closing.signal.aborted) {
      await refreshAndReport()
      const state = status?.gateway.state
      await napUntilWoken(
        state === 'starting' ? STARTING_PROBE_MS : state === 'running' ? RUNNING_PROBE_MS : IDLE_LOOK_MS,
      )
    }
  }

  const running: Promise<void>[] = []
  return {
    read: async () => status ?? refresh(),
    refresh,
    run() {
      running.push(
        lookRegularly(),
        keepWatching('podman events', async (user) => {
          for await (const _event of host.watchContainers(user, closing.signal)) await refreshAndReport()
        }),
        keepWatching('files of the gateway', async (user) => {
          const { envFile, configFile } = gatewayPaths(user)
          for await (const path of host.watchUserFiles(user, [envFile, configFile], closing.signal)) {
            if (path === envFile) {
              const file = await host.readUserFile(user, envFile, 1_048_576)
              bus.publish({ type: 'env.changed', etag: file?.etag ?? 'absent' })
            }
            await refreshAndReport()
          }
        }),
      )
      bus.subscribe((event) => {
        if (event.type === 'operation.started' || event.type === 'operation.finished') void refreshAndReport()
      })
    },
    async close() {
      closing.abort()
      wake()
      await Promise.all(running)
    },
  }
}
