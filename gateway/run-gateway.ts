import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { watchConfig } from './config-watch.ts'
import { describeError, FatalError } from './fatal-error.ts'
import { acquireGatewayLock } from './gateway-lock.ts'
import { type GatewayFlags, type GatewayPlan, planGateway } from './gateway-plan.ts'
import { type GatewayServer, startGatewayServer } from './gateway-server.ts'
import { formatBox, type OpenLog } from './log.ts'
import { readMilliseconds, warmUpPlugins } from './plugin-cache.ts'
import type { Environment } from './state-paths.ts'
import { BUNDLED_NOTICE } from './version.ts'

type Ending = { kind: 'signal'; signal: NodeJS.Signals } | { kind: 'config' }

/** What the gateway needs from the process it runs in. */
export interface GatewayProcess {
  env: Environment
  log: OpenLog
  write(text: string): void
  onSignal(listener: (signal: NodeJS.Signals) => void): void
}

/**
 * Runs the gateway until a signal or a change of its configuration ends it.
 *
 * SIGTERM is ignored until it listens; afterwards it ends with 0 within 0.4 s. A change of `gateway.*` ends it
 * with 0 as well, as the real one does after starting its successor, unless `RAZROOM_NO_RESPAWN=1`: then it
 * restarts inside the process. Source: docs/facts/razroom-gateway.md, "Start and stop".
 *
 * @returns the exit code
 * @throws {FatalError} it can't start (or restart)
 */
export async function runGateway(flags: GatewayFlags, host: GatewayProcess): Promise<number> {
  let endBy: ((ending: Ending) => void) | undefined
  let signalled: Ending | undefined
  // Registered before anything else: a signal during the first start must find a listener that ignores it. One
  // that comes in the middle of a restart is remembered.
  host.onSignal((signal) => {
    if (!endBy) return
    signalled = { kind: 'signal', signal }
    endBy(signalled)
  })
  const log = host.log('gateway')
  let plan = planGateway(flags, host.env)
  const lock = await acquireGatewayLock(plan.paths.stateDir)
  try {
    host.write(formatBox('Bundled gateway', BUNDLED_NOTICE))
    for (const warning of [...plan.warnings, ...(lock.problem ? [lock.problem] : [])]) log.warn(warning)
    await warmUpPlugins(readTiming('RAZROOM_BUNDLED_START_MS', plan.env) ?? 0, host.log('plugins'))
    for (;;) {
      prepareState(plan, host.log)
      const ended = Promise.withResolvers<Ending>()
      const server = await listen(plan, host.log)
      endBy = ended.resolve
      if (signalled) ended.resolve(signalled)
      const ending = await serve(plan, server, host.log, ended)
      if (ending.kind === 'signal') return 0
      if (plan.env.RAZROOM_NO_RESPAWN !== '1') {
        log.info('restart mode: full process restart (the bundled gateway leaves that to its supervisor)')
        return 0
      }
      log.info('restart mode: in-process restart (RAZROOM_NO_RESPAWN)')
      plan = planGateway(flags, host.env)
    }
  } finally {
    lock.release()
  }
}

async function serve(
  plan: GatewayPlan,
  server: GatewayServer,
  log: OpenLog,
  ended: PromiseWithResolvers<Ending>,
): Promise<Ending> {
  const unwatch = watchConfig(plan.paths, plan.raw, log('reload'), () => ended.resolve({ kind: 'config' }))
  const heartbeat = startHeartbeat(plan, log)
  try {
    const ending = await ended.promise
    if (ending.kind === 'signal') log('gateway').info(`signal ${ending.signal} received; shutting down`)
    return ending
  } finally {
    unwatch()
    clearInterval(heartbeat)
    await server.close()
  }
}

async function listen(plan: GatewayPlan, log: OpenLog): Promise<GatewayServer> {
  try {
    return await startGatewayServer(plan, log)
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    const reason = inUse
      ? `another gateway instance is already listening on ws://${plan.host}:${plan.port}`
      : describeError(error)
    throw new FatalError([`Gateway failed to start: ${reason}`], { cause: error })
  }
}

/** The real gateway runs on when it can't write its state, and says so for each part that wanted to. */
function prepareState(plan: GatewayPlan, log: OpenLog): void {
  const parts = [
    { name: 'canvas', message: 'host failed to start' },
    { name: 'cron', message: 'failed to start' },
  ]
  for (const { name, message } of parts) {
    try {
      mkdirSync(join(plan.paths.stateDir, name), { recursive: true, mode: 0o700 })
    } catch (error) {
      log(name).error(`${message}: ${describeError(error)}`)
    }
  }
}

function startHeartbeat(plan: GatewayPlan, log: OpenLog): NodeJS.Timeout | undefined {
  const intervalMs = readTiming('RAZROOM_BUNDLED_HEARTBEAT_MS', plan.env)
  if (!intervalMs) return undefined
  let count = 0
  return setInterval(() => log('heartbeat').info(`tick ${++count}`), intervalMs)
}

function readTiming(name: string, env: Environment): number | undefined {
  try {
    return readMilliseconds(name, env[name])
  } catch (error) {
    throw new FatalError([error instanceof Error ? error.message : String(error)], { cause: error })
  }
}
