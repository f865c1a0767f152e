/** Keeps the status current and tells when it changes: podman's events push, regular looks back them up. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationKind, Status } from '../contract/schemas.ts'
import { defaultSettings } from '../contract/settings.ts'
import { PanelError } from './errors.ts'
import type { EventBus } from './events.ts'
import type { Host, UserAccount } from './host/host.ts'
import { noticeVersion, noticeVersions } from './operations/file-versions.ts'
import { readPaths } from './operations/gateway-files.ts'
import { createProving } from './operations/proven-versions.ts'
import { deriveStatus, feelPulse, type Observation, observe } from './operations/read-status.ts'
import { unitPlace } from './operations/unit-file.ts'

/** How often the gateway is asked whether it answers, by the state it is in. */
const STARTING_PULSE_MS = 500
const RUNNING_PULSE_MS = 5_000
/** When it is to be down, or is well and nobody looks. */
const IDLE_PULSE_MS = 30_000
/** podman is asked anew after this long, should an event ever be missed. */
const OBSERVE_EVERY_MS = 60_000
const RETRY_WATCH_MS = 1_000
/** So long whoever asks waits for a look at podman; then there is what was seen last. */
const BEAT_LIMIT_MS = 5_000

/** Operations that end with a gateway that answers, and how they end when it does not. */
const STARTING = new Set<OperationKind>(['setup', 'start-gateway', 'restart-gateway'])
const NOT_STARTED = new Set<string | undefined>([
  'GATEWAY_EXITED',
  'GATEWAY_NOT_READY',
  'COMMAND_FAILED',
  'UNIT_FAILED',
  'CONFIG_INVALID',
])
/** What may bring another user, other places or another podman configuration. */
const RESETTLING = new Set<OperationKind>(['setup', 'restore'])

export interface Monitor {
  /** The last status; looks at the machine first when nothing has been seen yet, or when nothing is followed. */
  read(): Promise<Status>
  /** Looks at the machine now and publishes what changed. */
  refresh(): Promise<Status>
  /** Follows the machine until closed. */
  run(): void
  /** Somebody looks, until the returned function is called. A gateway that is well is asked less often while nobody does. */
  attend(): () => void
  close(): Promise<void>
}

export interface MonitorOptions {
  readonly host: Host
  readonly bus: EventBus
  readonly version: string
  runningOperationId(): string | null
  /** What is to be warned of beside what is seen of the gateway. */
  moreWarnings?(): readonly string[]
  /** What a look has seen, while the machine is followed. */
  onSeen?(seen: Observation): void
}

export function createMonitor(options: MonitorOptions): Monitor {
  const { host, bus, version, runningOperationId, moreWarnings = () => [], onSeen = () => {} } = options
  const closing = new AbortController()
  const loops: Promise<void>[] = []
  let status: Status | null = null
  let observation: Observation | null = null
  let observedAt = 0
  /** The start of a container that has answered since. */
  let answeredStart = ''
  let hasFailedStart = false
  const proving = createProving(host)
  let looking: Promise<Status> | null = null
  let beating: Promise<void> | null = null
  let derivedAt = 0
  let attending = 0
  /** The gateway is well, nobody looks, and the next pulse is a while away. */
  let isDozing = false
  let isStale = false
  let wake: () => void = () => {}
  /** Ends the watches when who or what is to be watched may have changed. */
  let watches = new AbortController()

  async function derive(seen: Observation): Promise<Status> {
    const pulse = await feelPulse(host, seen)
    // While a gateway is slow to answer, another look may have come to its end: what was seen before says nothing then.
    if (observation !== null && seen !== observation) return derive(observation)
    const start = seen.container ? `${seen.container.id} ${seen.container.startedAt}` : ''
    if (pulse.answered) {
      answeredStart = start
      hasFailedStart = false
    }
    if (seen.user && seen.container?.running) {
      proving.look(seen.user, seen.container, pulse.answered).catch((error: unknown) => {
        report('versions', error)
      })
    }
    const derived = deriveStatus(seen, pulse, answeredStart === start, {
      version,
      operationId: runningOperationId(),
    })
    derivedAt = Date.now()
    const next = { ...derived, warnings: [...derived.warnings, ...moreWarnings()] }
    if (JSON.stringify(next) !== JSON.stringify(status)) {
      status = next
      bus.publish({ type: 'status.changed', status: next })
    }
    return next
  }

  async function lookUntilCurrent(): Promise<Status> {
    try {
      let next: Status
      do {
        isStale = false
        observation = await observe(host, hasFailedStart)
        observedAt = Date.now()
        if (loops.length > 0) onSeen(observation)
        next = await derive(observation)
      } while (isStale && !closing.signal.aborted)
      return next
    } finally {
      looking = null
    }
  }

  /** One look at a time; a change that comes meanwhile makes it look once more. */
  function refresh(): Promise<Status> {
    if (looking) isStale = true
    else looking = lookUntilCurrent()
    return looking
  }

  function report(what: string, error: unknown): void {
    if (!closing.signal.aborted)
      console.error(`${what}:`, error instanceof PanelError ? error.message : error)
  }

  async function nap(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: closing.signal })
    } catch {
      // Woken by close(): the loops look at the signal themselves.
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

  async function beat(): Promise<void> {
    const isDue = Date.now() - observedAt > OBSERVE_EVERY_MS
    if (!observation || isDue) {
      await refresh()
      if (observation?.user) await noticeVersions(host, observation.user)
    } else if (looking) {
      // It sees all that this would; who waits for this is not to be told what was before.
      await looking
    } else {
      const { state, healthy, unit } = (await derive(observation)).gateway
      // It may be gone without a word: an event can be missed, and podman need not have been asked to stop it.
      // systemd tells nothing of a unit that fails for good after its last try.
      const isUnitBusy =
        unit !== undefined &&
        (state === 'starting' || unit.activeState === 'deactivating' || unit.subState === 'auto-restart')
      if ((state === 'running' && !healthy) || isUnitBusy) await refresh()
    }
  }

  /** One at a time: whoever comes meanwhile waits for the same. */
  function beatOnce(): Promise<void> {
    beating ??= beat()
      .catch((error: unknown) => report('status', error))
      .finally(() => {
        beating = null
      })
    return beating
  }

  function nextPause(): number {
    const { state, healthy, unit } = status?.gateway ?? {}
    isDozing = false
    if (state === 'starting' || unit?.subState === 'auto-restart') return STARTING_PULSE_MS
    isDozing = state === 'running' && healthy === true && attending === 0
    return state === 'running' && !isDozing ? RUNNING_PULSE_MS : IDLE_PULSE_MS
  }

  /** What was seen last, but never what was seen long before anybody asked. */
  async function readCurrent(): Promise<Status> {
    if (loops.length === 0 || status === null) return refresh()
    if (isDozing && Date.now() - derivedAt > RUNNING_PULSE_MS) {
      const beaten = beatOnce()
      // The next pause is for what is seen now.
      wake()
      await Promise.race([beaten, nap(BEAT_LIMIT_MS)])
    }
    // What runs is known at once. That it is over is told by the look that sees what it has done.
    return { ...status, operationId: runningOperationId() ?? status.operationId }
  }

  async function beatRegularly(): Promise<void> {
    while (!closing.signal.aborted) {
      await beatOnce()
      const pause = nextPause()
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([nap(pause), woken])
    }
  }

  /** Repeats a watch for as long as the monitor runs; one that ends is started again after a pause. */
  async function keepWatching(what: string, watch: (user: UserAccount) => Promise<void>): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const { settings } = await host.readState()
        const user = settings ? await host.findUser(settings.user) : null
        if (user) await watch(user)
      } catch (error) {
        report(what, error)
      }
      await nap(RETRY_WATCH_MS)
    }
  }

  async function followPodman(user: UserAccount): Promise<void> {
    const signal = AbortSignal.any([closing.signal, watches.signal])
    // What happened before the watch began is not told by it.
    void refreshAndReport()
    for await (const _event of host.watchContainers(user, signal)) void refreshAndReport()
  }

  async function followFiles(user: UserAccount): Promise<void> {
    const { envFile, configFile } = await readPaths(host, user)
    const { containerName } = (await host.readState()).settings ?? defaultSettings()
    const units = (['quadlet', 'service'] as const).map((kind) => unitPlace(user, containerName, kind).path)
    const signal = AbortSignal.any([closing.signal, watches.signal])
    const begun = new Set<string>()
    for await (const path of host.watchUserFiles(user, [envFile, configFile, ...units], signal)) {
      const isBegin = !begun.has(path)
      begun.add(path)
      try {
        // First: the next change may come while podman is asked.
        if (path === envFile)
          bus.publish({ type: 'env.changed', etag: await noticeVersion(host, user, 'env') })
        if (path === configFile)
          bus.publish({ type: 'config.changed', etag: await noticeVersion(host, user, 'config') })
      } catch (error) {
        // A file that cannot be read is told by the status; one that cannot be read any more ends this watch, too.
        if (!(isBegin && error instanceof PanelError)) throw error
      } finally {
        // One look for all that has begun.
        if (isBegin) void refreshAndReport()
        else await refreshAndReport()
      }
    }
  }

  /** While nobody does, the log is bounded by its one file: conmon drops that when it begins the next. */
  async function keepLog(user: UserAccount): Promise<void> {
    const { logFile } = await readPaths(host, user)
    const signal = AbortSignal.any([closing.signal, watches.signal])
    for await (const _begun of host.keepLog(user, logFile, signal));
  }

  return {
    read: readCurrent,
    refresh,
    run() {
      bus.subscribe((event) => {
        if (event.type === 'operation.finished' && STARTING.has(event.operation.kind))
          hasFailedStart = NOT_STARTED.has(event.operation.problem?.code)
        if (event.type === 'operation.started' || event.type === 'operation.finished') void refreshAndReport()
        // podman decides at its start where events are read; setup may just have written where they go, and the user.
        if (event.type === 'operation.finished' && RESETTLING.has(event.operation.kind)) {
          watches.abort()
          watches = new AbortController()
        }
      })
      loops.push(
        beatRegularly(),
        keepWatching('podman events', followPodman),
        keepWatching('files of the gateway', followFiles),
        keepWatching('log of the gateway', keepLog),
      )
    },
    attend() {
      attending += 1
      if (attending === 1) wake()
      return () => {
        attending -= 1
      }
    },
    async close() {
      closing.abort()
      wake()
      await Promise.all(loops)
    },
  }
}
