/** What mends a finding of the doctor: the steps of setup, start and the editors, so that nothing is done in two ways. */
import { NotFoundError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { editedConfig, editedEnv } from './doctor-file-mends.ts'
import { requireUser } from './gateway-files.ts'
import { unitStep } from './gateway-unit.ts'
import { reconcileToken } from './reconcile-token.ts'
import type { Step } from './runner.ts'
import { launchScriptStep } from './setup-files.ts'
import { idRangesStep, userManagerStep } from './setup-user.ts'
import { restartGateway, startGateway } from './start-gateway.ts'
import { replaceUnit } from './switch-mode.ts'

export interface MendDeps {
  readonly host: Host
  readonly remember: (secret: string) => void
}

type Mend = (deps: MendDeps) => readonly Step[]

const start: Mend = ({ host }) => startGateway(host).steps
const restart: Mend = ({ host }) => restartGateway(host).steps
const replace: Mend = ({ host }) => replaceUnit(host).steps
const writeUnit: Mend = ({ host }) => [unitStep(host)]
const manager: Mend = ({ host }) => [userManagerStep(host)]
const script: Mend = ({ host }) => [launchScriptStep(host)]

/** By the id of the finding. Each step looks first, and changes only what is not yet as it should be. */
const MENDS: Readonly<Record<string, Mend>> = {
  'subids.missing': ({ host }) => [idRangesStep(host), adoptIdsStep(host)],
  'linger.off': manager,
  'user-manager.down': manager,
  'files.root-owned': ({ host }) => [giveBackStep(host)],
  'files.env-mode': ({ host }) => [closeFileStep(host, 'envFile')],
  'files.config-mode': ({ host }) => [closeFileStep(host, 'configFile')],
  'files.directory-mode': ({ host }) => [closeDirectoryStep(host)],
  'unit.missing': writeUnit,
  'unit.outdated': writeUnit,
  'unit.reload': ({ host }) => [reloadStep(host)],
  'unit.edited': replace,
  'unit.foreign': replace,
  'unit.not-generated': replace,
  'owner.by-hand': restart,
  'owner.unit-left': restart,
  'address.unagreed': restart,
  // Its process holds the ports in the host's own network, so it has to go before they are looked at.
  'network.host-loopback': ({ host }) => [removeStep(host), ...startGateway(host).steps],
  'selinux.labels': restart,
  'gateway.failed': start,
  'gateway.stopped': start,
  'gateway.absent': start,
  'gateway.silent': restart,
  'gateway.restart-pending': restart,
  'image.newer': restart,
  'launch-script.absent': script,
  'launch-script.outdated': script,
  'token.sources-differ': ({ host, remember }) => reconcileToken(host, remember).steps,
  'token.refused': restart,
  'env.findings': ({ host }) => [editedEnv(host)],
  'config.findings': ({ host }) => [editedConfig(host)],
}

/** Ids of all findings the panel can mend. */
export const MENDABLE: readonly string[] = Object.keys(MENDS)

/** @throws NotFoundError FINDING_UNKNOWN there is no mend for this id */
export function mendSteps(deps: MendDeps, id: string): readonly Step[] {
  const mend = Object.hasOwn(MENDS, id) ? MENDS[id] : undefined
  if (!mend) throw new NotFoundError('FINDING_UNKNOWN', { detail: id })
  return mend(deps)
}

/** podman keeps the ids it was first run with until it is told (podman-system-migrate(1)). */
function adoptIdsStep(host: Host): Step {
  return {
    id: 'adopt-ids',
    title: 'Have podman take the ids over',
    async run(context) {
      const { user } = await requireUser(host)
      context.command(host.describePodman(user, ['info']))
      const { runtime, graphRoot } = await host.checkPodman(user)
      context.found(`podman works: runtime ${runtime}, images in ${graphRoot}`)
    },
  }
}

function giveBackStep(host: Host): Step {
  return {
    id: 'give-back',
    title: 'Give root’s files back to the gateway’s user',
    async run(context) {
      const { user, paths } = await requireUser(host)
      context.command(`sudo chown -R --from=root ${user.name}: ${paths.configDir}`)
      const given = await host.giveBackFiles(user, [paths.configDir, paths.workspaceDir])
      if (given.length > 0) context.did(`gave ${given.slice(0, 5).join(', ')} back to ${user.name}`)
      else context.found('nothing there belongs to root')
    },
  }
}

/** The same bytes once more, in a file that is closed from its first moment on. */
function closeFileStep(host: Host, which: 'envFile' | 'configFile'): Step {
  return {
    id: which === 'envFile' ? 'close-env' : 'close-config',
    title: `Close ${which === 'envFile' ? '.env' : 'razroom.json'} to others`,
    async run(context) {
      const { user, paths } = await requireUser(host)
      const path = paths[which]
      context.command(`sudo -u ${user.name} chmod 600 ${path}`)
      const file = await host.readUserFile(user, path, MAX_BYTES)
      const mode = file?.mode.toString(8) ?? 'none'
      context.found(`the mode of ${path} is ${mode}`)
      if (!file || file.mode === FILE_MODE) return
      await host.writeUserFile(user, { path, bytes: file.bytes, mode: FILE_MODE, expectedEtag: file.etag })
      context.did(`${path} is for ${user.name} alone (600)`)
    },
  }
}

const FILE_MODE = 0o600
const MAX_BYTES = 4_194_304

function closeDirectoryStep(host: Host): Step {
  return {
    id: 'close-directory',
    title: 'Close the config directory to others',
    async run(context) {
      const { user, paths } = await requireUser(host)
      context.command(`sudo -u ${user.name} chmod 700 ${paths.configDir}`)
      const { corrected } = await host.ensureUserDirectory(user, paths.configDir, 0o700)
      if (corrected) context.did(`${paths.configDir} is for ${user.name} alone (700)`)
      else context.found(`${paths.configDir} is closed`)
    },
  }
}

function reloadStep(host: Host): Step {
  return {
    id: 'reload-units',
    title: 'Have systemd read its units again',
    async run(context) {
      const { user } = await requireUser(host)
      context.command(host.describeSystemctl(user, ['daemon-reload']))
      await host.reloadUnits(user)
      context.did('systemd has read them')
    },
  }
}

function removeStep(host: Host): Step {
  return {
    id: 'remove-container',
    title: 'Remove the container',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const name = settings.containerName
      context.command(host.describePodman(user, ['rm', '--force', name]))
      const container = await host.inspectContainer(user, name)
      context.found(container ? `${name} is ${container.status}` : `there is no ${name}`)
      if (!container) return
      if (container.running) await host.stopContainer(user, name, STOP_SECONDS, context.watch)
      await host.removeContainer(user, name)
      context.did(`removed ${name}; config and workspace stay`)
    },
  }
}

const STOP_SECONDS = 20
