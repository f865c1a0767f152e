/** Puts the host together out of its parts: the one place that knows them all. */
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createRedactor, type Redactor } from '../redact.ts'
import { readApiToken } from './api-token.ts'
import { createAuditLog } from './audit-log.ts'
import { createBackupTimer } from './backup-timer.ts'
import { createBackups } from './backups.ts'
import { hasAddress } from './bind-address.ts'
import { createImageBuilder } from './build-image.ts'
import { openContainerDevices } from './container-devices.ts'
import { claimControlSocket, makePrivateSocketPath } from './control-socket.ts'
import { readDiskFree } from './disk-free.ts'
import { createExamination } from './examination.ts'
import { createContainerExec } from './exec-in-container.ts'
import { isSystemdRunning, readFacts } from './facts.ts'
import { createGatewayProbes } from './gateway-probe.ts'
import { createOwnership } from './give-back.ts'
import { createHomes } from './homes.ts'
import type { Host, UserAccount } from './host.ts'
import { createArchiveLoader } from './image-archive.ts'
import { createImages } from './images.ts'
import { createJournalLog } from './journal-log.ts'
import { acquireLock } from './lock.ts'
import { canStackOverlay } from './overlay-support.ts'
import { createPodman } from './podman.ts'
import { createPodmanReadiness, type PodmanTraces, podmanEntry } from './podman-readiness.ts'
import { createRegistries } from './registries.ts'
import { createRunAsUser, describeAsUser } from './run-as-user.ts'
import { createCommandRunner } from './run-command.ts'
import type { FindReader } from './source-directory.ts'
import { createStateStore } from './state-store.ts'
import { findPeerUid, findPortHolder } from './tcp-table.ts'
import { createTerminals } from './terminal.ts'
import { createUploads } from './uploads.ts'
import { createUsageReader } from './usage.ts'
import { createAccounts } from './user-account.ts'
import { createUserFileMoves } from './user-file-moves.ts'
import { createUserFiles } from './user-files.ts'
import { createUserUnits } from './user-units.ts'
import { createVersions } from './versions.ts'

export interface HostOptions {
  /** The panel's settings, sessions and token; root's, 0700. */
  readonly stateDir: string
  /** Control socket and lock; root's, 0700. */
  readonly runDir: string
  /** Where user-agent.js and backup-agent.js lie beside main.js; without them (in development) their source is run. */
  readonly programDir: string
  /** Of the panel: a backup says which one made it. */
  readonly panelVersion: string
  /** Dockerfile, gateway/rootfs/tree and dist/gateway of the bundled image. */
  readonly bundledDir: string
  /** What tells that podman may be run for a user. */
  readonly podmanTraces: (user: UserAccount) => PodmanTraces
  /** Masks secrets in what programs print and in errors; unless given, only what looks like a secret by its name. */
  readonly redact?: Redactor
  /** Who reads a path that somebody named; unless given, root wherever only root's directories lead there. */
  readonly findReader?: FindReader
}

const MAX_LOOK_BYTES = 1_048_576

/** The machine this process runs on. Nothing is started or changed before a verb is called. */
export async function createHost(options: HostOptions): Promise<Host> {
  const { stateDir, runDir, bundledDir, redact = createRedactor(() => []) } = options
  const commands = createCommandRunner(redact)
  const reading = options.findReader === undefined ? {} : { findReader: options.findReader }
  const runAsUser = createRunAsUser(commands.run)
  const accounts = createAccounts(commands.run)
  const agentFile = await findAgentFile(options.programDir, 'user-agent')
  const { appendLog, ...files } = createUserFiles({ agentFile })
  const backups = createBackups({
    run: commands.run,
    agentFile: await findAgentFile(options.programDir, 'backup-agent'),
    stateDir,
    panelVersion: options.panelVersion,
    ...reading,
  })
  const state = createStateStore(stateDir)
  const { close: closeAudit, ...audit } = createAuditLog(stateDir, commands.run)
  const isPrepared = createPodmanReadiness(accounts, files, options.podmanTraces, async ({ name }) =>
    (await state.read()).created.includes(podmanEntry(name)),
  )
  const podman = createPodman(runAsUser, isPrepared)
  const hasUserFile = async (user: UserAccount, path: string) =>
    (await files.readUserFile(user, path, MAX_LOOK_BYTES)) !== null
  const images = createImages({ runAsUser, podman, isPrepared, hasUserFile })
  const { run } = commands
  const hasSystemd = await isSystemdRunning()
  const privateDirectories: string[] = []
  return {
    readFacts: () => readFacts(commands.run),
    findPortHolder,
    hasAddress,
    readDiskFree,
    readUsage: createUsageReader(),
    canStackOverlay,
    openContainerDevices,
    ...createGatewayProbes(() => accounts.readIdRanges('subuid')),
    ...accounts,
    // Whom it serves is root: see split/guard-host.ts for those who are not.
    requireAdmitted: async () => undefined,
    ...createHomes(commands.run),
    ...createOwnership({
      run: commands.run,
      agentFile: await findAgentFile(options.programDir, 'ownership-agent'),
      runDir,
    }),
    ...files,
    ...createJournalLog(commands.run, { ...files, appendLog }),
    ...createUserFileMoves(runAsUser),
    ...createUserUnits(commands.run, runAsUser, files),
    ...podman,
    ...createContainerExec(runAsUser),
    ...backups,
    ...createBackupTimer(commands.run),
    ...createExamination(commands.run, runAsUser),
    ...createImageBuilder({ run, runAsUser, podman, bundledDir, ...reading }),
    ...images,
    ...createArchiveLoader({ run, runAsUser, podman, images, ...reading }),
    ...createRegistries(runAsUser, files),
    ...createUploads(stateDir),
    ...createVersions(stateDir),
    ...audit,
    ...createTerminals(runAsUser, await findAgentFile(options.programDir, 'terminal-agent')),
    describePodman: (user, args) => describeAsUser(user, ['podman', ...args], hasSystemd),
    readState: state.read,
    updateState: state.update,
    acquireLock: () => acquireLock(commands.run, runDir),
    readApiToken: () => readApiToken(stateDir),
    findPeerUid,
    claimControlSocket: () => claimControlSocket(runDir),
    async makePrivateSocketPath() {
      const { directory, path } = await makePrivateSocketPath(runDir)
      privateDirectories.push(directory)
      return path
    },
    async close() {
      await Promise.all([commands.endAll(), files.close(), closeAudit()])
      for (const directory of privateDirectories.splice(0))
        await rm(directory, { recursive: true, force: true })
    },
  }
}

async function findAgentFile(
  programDir: string,
  name: 'user-agent' | 'backup-agent' | 'ownership-agent' | 'terminal-agent',
): Promise<string> {
  const built = join(programDir, `${name}.js`)
  return access(built).then(
    () => built,
    () => join(import.meta.dirname, `${name}/main.ts`),
  )
}
