/** Puts the panel together: one host, one bus, one runner, one monitor, and the two doors to them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { PanelEvent } from '../contract/events.ts'
import { isSecretVariable } from '../contract/rules.ts'
import { buildApp, type Door } from './app.ts'
import type { PanelConfig } from './config.ts'
import { readEnv } from './domain/env-file.ts'
import { PanelError } from './errors.ts'
import { createEventBus } from './events.ts'
import type { Host } from './host/host.ts'
import type { GuardOptions } from './http/guards.ts'
import { createSessions } from './http/session.ts'
import { createMonitor } from './monitor.ts'
import { auditTakeOvers, auditTerminals } from './operations/audited-terminal.ts'
import { createAuditor, PANEL } from './operations/auditor.ts'
import { createBackupClock } from './operations/backup-clock.ts'
import { createDeviceWatch } from './operations/device-watch.ts'
import { createDevices } from './operations/devices.ts'
import { createGatewayCommands } from './operations/gateway-commands.ts'
import { readEffectiveToken, readEnvFile } from './operations/gateway-files.ts'
import { createLifecycle } from './operations/gateway-lifecycle.ts'
import { createInsight } from './operations/insight.ts'
import { createLogRecorder } from './operations/log-recorder.ts'
import { failureOfUnit } from './operations/read-status.ts'
import { createRunner } from './operations/runner.ts'
import { finishHalfMade } from './operations/setup-user.ts'
import { createTerminalDesk } from './operations/terminal-desk.ts'
import { createTerminalWorld } from './operations/terminal-world.ts'
import { createRedactor, type Redactor } from './redact.ts'
import type { PanelDeps } from './routes/deps.ts'

/** A session ends when it is due; only a clock that was set shows so much later, and only to sockets. */
const LONGEST_SWEEP_PAUSE_MS = 10_000
const SHORTEST_SWEEP_PAUSE_MS = 1_000
/** Secrets that are masked in output: the ones that were heard of last. */
const MAX_SECRETS = 500
const MAX_SECRET_CHARACTERS = 8_192
const MAY_BRING_SECRETS: ReadonlySet<PanelEvent['type']> = new Set([
  'env.changed',
  'config.changed',
  'operation.finished',
])

export interface Panel {
  readonly deps: PanelDeps
  /** The door for browsers on TCP, ready to listen. */
  buildPage(): Promise<FastifyInstance>
  /** The door for the CLI on a unix socket, ready to listen. */
  buildControl(): Promise<FastifyInstance>
  /** Follows the machine; without it the status is read when asked for. */
  follow(): void
  close(): Promise<void>
}

/**
 * @param openHost gives the machine: this process's own, or that of the half that runs as root; what programs print
 *   passes the redactor, which knows the secrets of the gateway's files
 */
export async function createPanel(
  config: PanelConfig,
  openHost: (redact: Redactor) => Promise<Host>,
): Promise<Panel> {
  const secrets = new Set<string>()
  const redact = createRedactor(() => secrets)
  const host = await openHost(redact)
  const remember = (secret: string) => {
    // No line that is shown is longer, and each line is searched for all of them: the gateway's user may write any number.
    if (secret.length > MAX_SECRET_CHARACTERS) return
    secrets.delete(secret)
    secrets.add(secret)
    for (const oldest of secrets) {
      if (secrets.size <= MAX_SECRETS) break
      secrets.delete(oldest)
    }
  }
  const bus = createEventBus()
  let isClosing = false
  const audit = createAuditor(host, bus, redact, () => {
    if (!isClosing) void settle()
  })
  const settle = async (): Promise<void> => {
    try {
      await monitor.refresh()
    } catch (error) {
      // The operation has its own outcome; that the status could not be read is said where it is asked for.
      console.error('status:', error instanceof PanelError ? error.message : error)
    }
  }
  const runner = createRunner(host, bus, redact, settle)
  const lifecycle = createLifecycle(host, audit)
  const recorder = createLogRecorder(host)
  const monitor = createMonitor({
    host,
    bus,
    version: config.version,
    runningOperationId: () => runner.runningId(),
    moreWarnings: audit.warnings,
    onSeen: ({ user, container, unit }) => {
      lifecycle.saw(container, failureOfUnit(unit))
      recorder.saw(user, container)
    },
  })
  const sessions = await createSessions({
    read: async () => (await host.readState()).sessions,
    write: async (stored) => {
      await host.updateState({ sessions: stored.map((session) => ({ ...session })) })
    },
  })
  const commands = createGatewayCommands(host)
  const devices = createDevices({
    host,
    commands,
    readState: async () => (await monitor.read()).gateway.state,
    redact,
  })
  const deviceWatch = createDeviceWatch(host, bus, devices)
  const terminalWorld = auditTerminals(createTerminalWorld(host, settle), audit)
  const terminal = auditTakeOvers(
    createTerminalDesk(terminalWorld, () => bus.publish({ type: 'terminal.changed' })),
    audit,
  )
  const insight = createInsight({
    bus,
    commands,
    readStatus: () => monitor.read(),
    isBusy: () => runner.runningId() !== null,
    redact,
  })
  const cookieName = `razroom-panel-${config.port}`
  const doctor = { host, version: config.version, redact }
  const common = { host, bus, runner, monitor, sessions, devices, commands, insight, doctor, terminal, audit }
  const deps: PanelDeps = { ...common, port: config.port, cookieName, remember }
  // Meanwhile the doors are built. Nobody comes in before it is over.
  const secretsKnown = rememberSecrets(deps)
  const backupClock = createBackupClock(host, runner)
  let sweeper: NodeJS.Timeout | undefined
  const sweepWhenDue = (): void => {
    if (isClosing) return
    const dueIn = sessions.list().map((session) => sessions.expiresAt(session) - Date.now())
    const pause = Math.max(SHORTEST_SWEEP_PAUSE_MS, Math.min(LONGEST_SWEEP_PAUSE_MS, ...dueIn))
    sweeper = setTimeout(() => {
      void sessions
        .sweep()
        .catch((error: unknown) => console.error('sessions:', error))
        .finally(sweepWhenDue)
    }, pause)
  }
  const tellOwn = (action: 'panel.started' | 'panel.stopped', what: string) =>
    audit.note({
      ...{ kind: 'panel', action, what, who: PANEL, outcome: 'done' },
      details: [{ name: 'version', value: config.version }],
    })

  const build = async (door: Door): Promise<FastifyInstance> => {
    const app = await buildApp(deps, door)
    await Promise.all([app.ready(), secretsKnown])
    return app
  }

  return {
    deps,
    async buildPage() {
      const guards = await createGuardOptions(deps)
      const isListed = async (uid: number | null) =>
        uid !== null && (await host.readState()).settings?.adminUids.includes(uid) === true
      return build({ kind: 'browser', guards, webDir: config.webDir, isListed })
    },
    buildControl: () => build({ kind: 'control' }),
    follow() {
      void tellOwn('panel.started', 'The panel started')
      monitor.run()
      backupClock.run()
      deviceWatch.run()
      void terminalWorld.sweep()
      void finishUser(deps)
      bus.subscribe((event) => {
        if (MAY_BRING_SECRETS.has(event.type)) void rememberSecrets(deps)
      })
      sweepWhenDue()
    },
    async close() {
      isClosing = true
      clearTimeout(sweeper)
      backupClock.close()
      insight.close()
      await terminal.close()
      await runner.close()
      await deviceWatch.close()
      await monitor.close()
      await recorder.close()
      if (sweeper) await tellOwn('panel.stopped', 'The panel stopped')
      await audit.close()
      await host.close()
    },
  }
}

/** The one that was being made when a panel before this one ended. */
async function finishUser({ host, monitor }: PanelDeps): Promise<void> {
  try {
    if (await finishHalfMade(host)) await monitor.refresh()
  } catch (error) {
    // Setup meets it again, and tells what is wrong.
    console.error('the user of the gateway:', error instanceof PanelError ? error.message : error)
  }
}

async function createGuardOptions(deps: PanelDeps): Promise<GuardOptions> {
  const { host, port, sessions, cookieName } = deps
  let { settings } = await host.readState()
  const peers = new WeakMap<object, Promise<number | null>>()
  return {
    sessions,
    cookieName,
    apiToken: await host.readApiToken(),
    // The first question of each request: what it finds holds for the others, and a change from the very next request on.
    async allowedHosts() {
      settings = (await host.readState()).settings
      const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
      return [...own, ...(settings?.allowedHosts ?? [])]
    },
    adminUids: () => settings?.adminUids ?? [],
    async findPeerUid(request: FastifyRequest) {
      const { socket } = request.raw
      const { localAddress, localPort, remoteAddress, remotePort } = socket
      if (!localAddress || !localPort || !remoteAddress || !remotePort) return null
      const known =
        peers.get(socket) ?? host.findPeerUid({ localAddress, localPort, remoteAddress, remotePort })
      peers.set(socket, known)
      return known
    },
  }
}

/** Learns the secrets that are in the gateway's files, so that no output of a command can show them. */
async function rememberSecrets({ host, remember }: PanelDeps): Promise<void> {
  try {
    const { settings } = await host.readState()
    const user = settings ? await host.findUser(settings.user) : null
    if (!user) return
    const { file } = await readEnvFile(host, user)
    for (const [key, value] of readEnv(file)) if (isSecretVariable(key, value)) remember(value)
    const token = await readEffectiveToken(host, user)
    if (token) remember(token.token)
  } catch (error) {
    // A broken razroom.json or an unreadable .env is shown where it is used; here it only means fewer masks. Nothing that
    // these files hold may end the daemon.
    console.error('secrets:', error instanceof PanelError ? error.message : error)
  }
}
