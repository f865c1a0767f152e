import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayStatus } from '../../contract/schemas.ts'
import { explainExit } from '../domain/fatal-lines.ts'
import { gatewayAddress, gatewayAuthority } from '../domain/gateway-address.ts'
import { READY_TIMEOUT_SECONDS } from '../domain/gateway-spec.ts'
import { plainText } from '../domain/plain-text.ts'
import { HostError, PanelError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'
import { publishedAt } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { Step, StepContext } from './runner.ts'
import { unitPlace } from './unit-file.ts'

const PROBE_EVERY_MS = 250
const KEPT_DURATIONS = 5
/** The last line of its log is looked at so often while it starts. */
const LINE_EVERY_MS = 1_000
const MAX_LINE = 200
const LOOKED_AT_LINES = 8
/** The frame of a box does not. */
const SAYS_SOMETHING = /\p{L}/u
const EXPLAIN_LINES = 60
/** Exit codes of podman itself (podman-run(1), Exit Status): then the gateway has printed nothing, podman has. */
const PODMAN_FAILED = new Set([125, 126, 127])
const JOURNAL_MS = 60_000

/** How a gateway ended that was to run. */
export interface GatewayEnd {
  readonly exitCode: number
  readonly oomKilled: boolean
  /** The container, if it is still there: one of a unit is removed as soon as it ends. */
  readonly container: ContainerFacts | null
}

/** Why the gateway ended, from its last lines; null after an orderly end. */
export async function explainEnd(
  host: Host,
  user: UserAccount,
  end: GatewayEnd,
): Promise<GatewayStatus['fatal'] | null> {
  return explainExit(await readLastLines(host, user, end), end.exitCode, end.oomKilled)
}

async function readLastLines(
  host: Host,
  user: UserAccount,
  { container, exitCode }: GatewayEnd,
): Promise<readonly string[]> {
  if (container) return host.readContainerLogs(user, container.name, EXPLAIN_LINES)
  const { paths, settings } = await requireUser(host)
  if (PODMAN_FAILED.has(exitCode)) {
    const { name } = unitPlace(user, settings.containerName, 'quadlet')
    return host.readUnitJournal(user, name, new Date(Date.now() - JOURNAL_MS), EXPLAIN_LINES)
  }
  const { lines } = await host.readLogBefore(user, paths.logFile, null, EXPLAIN_LINES)
  return lines.map(({ text }) => text)
}

async function failAsExited(host: Host, user: UserAccount, end: GatewayEnd): Promise<never> {
  const why = await explainEnd(host, user, end)
  const detail = why
    ? `${why.line} (exit code ${end.exitCode}). ${why.meaning} ${why.hint}`
    : `exit code ${end.exitCode}`
  throw new HostError('GATEWAY_EXITED', { detail })
}

/**
 * The step that says "started" only when the gateway answers over HTTP.
 * @param withinSeconds GATEWAY_NOT_READY after that
 */
export function healthyStep(
  host: Host,
  { withinSeconds = READY_TIMEOUT_SECONDS }: { withinSeconds?: number | undefined } = {},
): Step {
  return {
    id: 'wait-until-healthy',
    title: 'Wait until the gateway answers',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const begun = Date.now()
      const tellStart = startTeller(host, user, context)
      let where = ''
      while (Date.now() - begun < withinSeconds * 1000) {
        context.signal.throwIfAborted()
        const container = await host.inspectContainer(user, settings.containerName)
        const { address, gateway: port } = publishedAt(container, settings)
        const authority = gatewayAuthority(address, port)
        if (where !== authority)
          context.command(`curl -s -o /dev/null -w '%{http_code}\\n' http://${authority}/`)
        where = authority
        if (!container?.running) {
          await refuseEnded(host, container)
        } else if ((await host.probeGateway(port, gatewayAddress(address))).answered) {
          const tookMs = Date.now() - Date.parse(container.startedAt)
          context.found(`answers on ${authority}`)
          await remember(host, container, tookMs, Date.now() - begun)
          return
        } else {
          await tellStart(container)
        }
        await sleep(PROBE_EVERY_MS, undefined, { signal: context.signal })
      }
      throw new HostError('GATEWAY_NOT_READY', {
        detail: `no answer on ${where} within ${withinSeconds} s`,
      })
    },
  }
}

/** How long starts took here: the longest of the last ones, for a cold start takes twice as long as a warm one. */
export function usualStart(durationsMs: readonly number[]): number | undefined {
  return durationsMs.length > 0 ? Math.max(...durationsMs) : undefined
}

/** Tells, at most once a second, how long the container has been up, how long that was before, and what it wrote last. */
function startTeller(
  host: Host,
  user: UserAccount,
  context: StepContext,
): (container: ContainerFacts) => Promise<void> {
  let told = ''
  let lookedAt = 0
  return async (container) => {
    if (!context.start || Date.now() - lookedAt < LINE_EVERY_MS) return
    lookedAt = Date.now()
    const { startDurationsMs } = await host.readState()
    const usualMs = usualStart(startDurationsMs)
    const lastLine = await readLastLine(host, user, container)
    const start = {
      since: container.startedAt,
      ...(usualMs === undefined ? {} : { usualMs }),
      ...(lastLine === '' ? {} : { lastLine }),
    }
    if (JSON.stringify(start) === told) return
    told = JSON.stringify(start)
    context.start(start)
  }
}

/** What this container wrote last, plain; empty where it wrote nothing yet, or that cannot be read. */
async function readLastLine(host: Host, user: UserAccount, container: ContainerFacts): Promise<string> {
  try {
    const { paths } = await requireUser(host)
    const { lines } = await host.readLogBefore(user, paths.logFile, null, LOOKED_AT_LINES)
    const startedAt = Date.parse(container.startedAt)
    const line = lines.findLast(
      ({ time, text }) => Date.parse(time) >= startedAt && SAYS_SOMETHING.test(text),
    )
    return line === undefined ? '' : plainText(line.text, MAX_LINE)
  } catch (error) {
    // The start goes on without.
    if (error instanceof PanelError) return ''
    throw error
  }
}

/** Returns while a unit is still on its way to a running container; throws when nothing is to be waited for. */
async function refuseEnded(host: Host, container: ContainerFacts | null): Promise<void> {
  const { user, settings } = await requireUser(host)
  const { name } = unitPlace(user, settings.containerName, 'quadlet')
  const unit = settings.mode === 'quadlet' ? await host.readUnit(user, name) : null
  const hasFailed = unit?.activeState === 'failed' || unit?.subState === 'auto-restart'
  if (unit && (hasFailed || unit.restarts > 0)) {
    // Of a unit that is on its next try already, systemd knows the exit code no more.
    const exitCode = hasFailed ? unit.exitCode : 1
    await failAsExited(host, user, { exitCode, oomKilled: unit.result === 'oom-kill', container: null })
  }
  if (unit && ['activating', 'reloading', 'active', 'deactivating'].includes(unit.activeState)) return
  if (!container) {
    const detail = unit
      ? `${name} was stopped while it started`
      : 'the container was removed while it started'
    throw new HostError('GATEWAY_ABSENT', { detail })
  }
  const { exitCode, oomKilled } = container
  await failAsExited(host, user, { exitCode, oomKilled, container })
}

/** Learns what is usual here, from starts that were watched from their beginning. */
async function remember(
  host: Host,
  container: ContainerFacts,
  tookMs: number,
  watchedMs: number,
): Promise<void> {
  const { startDurationsMs, answeredImage } = await host.readState()
  const { imageId } = container
  if (answeredImage !== imageId) await host.updateState({ answeredImage: imageId })
  const wasWatched = container.running && tookMs - watchedMs < 2_000
  if (!wasWatched) return
  await host.updateState({
    startDurationsMs: [...startDurationsMs, Math.max(0, Math.round(tookMs))].slice(-KEPT_DURATIONS),
  })
}
