import { setTimeout as sleep } from 'node:timers/promises'
import { explainExit } from '../domain/fatal-lines.ts'
import { READY_TIMEOUT_SECONDS } from '../domain/gateway-spec.ts'
import { HostError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'
import { readWanted } from './gateway-container.ts'
import type { Step } from './runner.ts'

const PROBE_EVERY_MS = 250
const KEPT_DURATIONS = 5
const EXPLAIN_LINES = 60

/** Why the container ended, from its last lines. */
export async function explainEnd(
  host: Host,
  user: UserAccount,
  container: ContainerFacts,
): Promise<{ line: string; meaning: string; hint: string } | null> {
  const lines = await host.readContainerLogs(user, container.name, EXPLAIN_LINES)
  return explainExit(lines, container.exitCode, container.oomKilled)
}

async function failAsExited(host: Host, user: UserAccount, container: ContainerFacts): Promise<never> {
  const why = await explainEnd(host, user, container)
  const detail = why
    ? `${why.line} (exit code ${container.exitCode}). ${why.meaning} ${why.hint}`
    : `exit code ${container.exitCode}`
  throw new HostError('GATEWAY_EXITED', { detail })
}

/** The step that says "started" only when the gateway answers over HTTP. */
export function healthyStep(host: Host): Step {
  return {
    id: 'wait-until-healthy',
    title: 'Wait until the gateway answers',
    async run(context) {
      const { user, settings } = await readWanted(host)
      context.command(`curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:${settings.gatewayPort}/`)
      const begun = Date.now()
      while (Date.now() - begun < READY_TIMEOUT_SECONDS * 1000) {
        context.signal.throwIfAborted()
        const probe = await host.probeGateway(settings.gatewayPort, null)
        const container = await host.inspectContainer(user, settings.containerName)
        if (!container)
          throw new HostError('GATEWAY_ABSENT', { detail: 'the container was removed while it started' })
        if (!container.running) await failAsExited(host, user, container)
        if (probe.answered) {
          const tookMs = Date.now() - Date.parse(container.startedAt)
          context.found(`answers on 127.0.0.1:${settings.gatewayPort}`)
          await rememberDuration(host, container, tookMs, Date.now() - begun)
          return
        }
        await sleep(PROBE_EVERY_MS, undefined, { signal: context.signal })
      }
      throw new HostError('GATEWAY_NOT_READY', {
        detail: `no answer on port ${settings.gatewayPort} within ${READY_TIMEOUT_SECONDS} s`,
      })
    },
  }
}

/** Learns what is usual here, from starts that were watched from their beginning. */
async function rememberDuration(
  host: Host,
  container: ContainerFacts,
  tookMs: number,
  watchedMs: number,
): Promise<void> {
  const wasWatched = container.running && tookMs - watchedMs < 2_000
  if (!wasWatched) return
  const { startDurationsMs } = await host.readState()
  await host.updateState({
    startDurationsMs: [...startDurationsMs, Math.max(0, Math.round(tookMs))].slice(-KEPT_DURATIONS),
  })
}
