import { hostname, release } from 'node:os'
import { type CliContext, toJson, warningBox } from '../cli-context.ts'
import { FatalError } from '../fatal-error.ts'
import { type ConnectFlags, callGateway } from '../rpc-client.ts'
import { GATEWAY_VERSION } from '../version.ts'

/** `health`: asks the running gateway. @throws {FatalError} it does not answer */
export async function healthCommand(
  context: CliContext,
  flags: ConnectFlags,
  asJson: boolean,
): Promise<string> {
  const startedAt = performance.now()
  const health = await callGateway(context, flags, 'health')
  const durationMs = Math.round(performance.now() - startedAt)
  const report = { ...Object(health), durationMs }
  return asJson ? toJson(report) : `Gateway: healthy (${durationMs} ms, bundled gateway ${GATEWAY_VERSION})\n`
}

/** `status`: what is configured and whether the gateway answers; a gateway that is down is a result, not a fault. */
export async function statusCommand(
  context: CliContext,
  flags: ConnectFlags,
  asJson: boolean,
): Promise<string> {
  const url = flags.url ?? `ws://127.0.0.1:${context.port}`
  const gateway = { mode: context.config.gateway?.mode ?? null, url, ...(await probe(context, flags)) }
  const report = {
    version: GATEWAY_VERSION,
    bundled: true,
    os: { platform: process.platform, arch: process.arch, release: release(), hostname: hostname() },
    gateway,
    config: { path: context.paths.configPath, exists: context.exists },
  }
  if (asJson) return `${warningBox()}${toJson(report)}`
  const reach =
    gateway.error === null ? `reachable in ${gateway.connectLatencyMs} ms` : `not reachable: ${gateway.error}`
  return `${warningBox()}Version: ${GATEWAY_VERSION}\nGateway: ${url} (mode ${gateway.mode ?? 'unset'}), ${reach}\n`
}

async function probe(context: CliContext, flags: ConnectFlags) {
  const startedAt = performance.now()
  try {
    const self = await callGateway(context, flags, 'status')
    return { reachable: true, connectLatencyMs: Math.round(performance.now() - startedAt), self, error: null }
  } catch (error) {
    if (!(error instanceof FatalError)) throw error
    return { reachable: false, connectLatencyMs: null, self: null, error: error.messages[0] ?? error.message }
  }
}
