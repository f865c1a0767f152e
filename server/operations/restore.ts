/** The way back: a backup is verified, what is there is backed up, and then the files are put in their places. */
import { createHash } from 'node:crypto'
import type { RestoreRequest } from '../../contract/backups.ts'
import type { SetupRequest } from '../../contract/settings.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { ConflictError, HostError } from '../errors.ts'
import type { ContainerFacts, Host } from '../host/host.ts'
import { backupStep } from './backup.ts'
import { type Comparison, compareBackup, lacksRoom, tokenOfBackup, treeOf } from './compare-backup.ts'
import { authorOf, withAuthor } from './file-versions.ts'
import { readEffectiveToken, requireUser } from './gateway-files.ts'
import { sourceOf } from './preview-restore.ts'
import { withWayBack } from './restore-way-back.ts'
import type { OperationPlan, Step } from './runner.ts'
import { directoriesStep } from './setup-directories.ts'
import { containersConfStep } from './setup-podman.ts'
import { decideSettings, gatewaySettings, hasBegun } from './setup-settings.ts'
import { idRangesStep, userManagerStep, userStep } from './setup-user.ts'
import { bringUpSteps } from './start-gateway.ts'
import { stopStep } from './stop-gateway.ts'

const LOOPBACK = ['127.0.0.1', '::1']

/** What the steps of one restore know of each other. */
interface Work {
  readonly request: RestoreRequest
  backup: Awaited<ReturnType<Host['verifyBackup']>> | null
  comparison: Comparison | null
  /** There are files that a backup of now would hold. */
  hasFiles: boolean
  /** It ran before, or before an earlier run of this restore that was ended. */
  startAfter: boolean
  /** Why the gateway is not started. */
  leftAlone: string
}

/**
 * Restores a backup. On a machine without a gateway yet, the first steps of setup come before it, with the settings of
 * the backup. Files that the backup does not have stay. A gateway that runs is stopped before and started after, also
 * when the files cannot be written; when the panel was ended in between, a second run of the same backup starts it.
 * @throws {InputError} REQUEST_INVALID neither a name nor a path
 */
export function restoreGateway(host: Host, request: RestoreRequest): OperationPlan {
  sourceOf(request)
  const work: Work = {
    request,
    backup: null,
    comparison: null,
    hasFiles: false,
    startAfter: false,
    leftAlone: '',
  }
  const wayBack = (step: Step) => withWayBack(host, step, () => work.startAfter)
  return {
    kind: 'restore',
    steps: [
      verifyStep(host, work),
      settingsStep(host, work),
      userStep(host, { createUser: false }),
      idRangesStep(host),
      userManagerStep(host),
      containersConfStep(host),
      directoriesStep(host),
      compareStep(host, work),
      onlyIf(
        backupOfNow(host, request),
        async () => isChange(work) && work.hasFiles,
        () => 'there is nothing that it would replace',
      ),
      wayBack(stopBeforeStep(host, work)),
      wayBack(filesStep(host, work)),
      ...bringUpSteps(host, { force: true }).map((step) =>
        withWayBack(
          host,
          onlyIf(
            step,
            async () => work.startAfter,
            () => work.leftAlone,
          ),
          // One that does not start tells its own story: only who cancels is left with a stopped one.
          (context) => context.signal.aborted && work.startAfter,
        ),
      ),
      doneStep(host, work),
    ],
  }
}

function onlyIf(step: Step, isWanted: () => Promise<boolean>, otherwise: () => string): Step {
  return {
    ...step,
    async run(context) {
      if (await isWanted()) await step.run(context)
      else context.found(otherwise())
    },
  }
}

function verified({ backup }: Work): NonNullable<Work['backup']> {
  if (backup === null) throw new HostError('INTERNAL', { detail: 'the backup has not been verified' })
  return backup
}

function isChange({ comparison }: Work): boolean {
  return comparison === null || comparison.counts.new + comparison.counts.changed > 0
}

function verifyStep(host: Host, work: Work): Step {
  return {
    id: 'verify-backup',
    title: 'Read and verify the whole backup',
    async run(context) {
      const source = sourceOf(work.request)
      const what = 'name' in source ? source.name : source.path
      context.command(`sudo razroom-panel restore --preview ${what}`)
      work.backup = await host.verifyBackup(source, context.watch)
      const { createdAt, user, entries, includesWorkspace } = work.backup.manifest
      const workspace = includesWorkspace ? 'with' : 'without'
      context.found(
        `${what}: of ${user}, made ${createdAt}, ${entries.length} entries ${workspace} the workspace; all checksums are right`,
      )
    },
  }
}

/** A machine that has settings keeps them: the backup brings files, not another way of running the gateway. */
function settingsStep(host: Host, work: Work): Step {
  return {
    id: 'restore-settings',
    title: 'The settings of the gateway',
    async run(context) {
      const state = await host.readState()
      const { settings: stored } = state
      if (stored !== null && hasBegun(state)) {
        context.found(`set up already (user ${stored.user}): its settings stay`)
        return
      }
      const { settings } = verified(work).manifest
      const isOpen = !LOOPBACK.includes(settings.publishAddress)
      const request: SetupRequest = {
        user: settings.user,
        containerName: settings.containerName,
        mode: settings.mode,
        startAtBoot: settings.startAtBoot,
        image: settings.image,
        gatewayPort: settings.gatewayPort,
        bridgePort: settings.bridgePort,
        publishAddress: isOpen ? '127.0.0.1' : settings.publishAddress,
        configDir: settings.configDir,
        workspaceDir: settings.workspaceDir,
        userns: settings.userns,
      }
      const decision = await decideSettings(host, request)
      if (decision.found !== null) {
        throw new ConflictError('SETUP_REQUIRED', {
          detail: `${settings.user} has a gateway that the panel did not make: take it over by setup first`,
        })
      }
      await host.updateState({ settings: gatewaySettings(decision.settings) })
      const narrowed = isOpen ? `; published on 127.0.0.1, where it was ${settings.publishAddress}` : ''
      context.did(
        `took user ${settings.user}, ports ${settings.gatewayPort} and ${settings.bridgePort}, and the image source from the backup${narrowed}`,
      )
    },
  }
}

function compareStep(host: Host, work: Work): Step {
  return {
    id: 'compare-backup',
    title: 'Compare it with what is there',
    async run(context) {
      const { user, paths } = await requireUser(host)
      const tree = treeOf(paths)
      const present = await host.listGatewayTree(user, tree, context.watch)
      const comparison = compareBackup(verified(work), present, work.request.includeWorkspace ?? true)
      const { counts, kept, bytes } = comparison
      const lack = lacksRoom(bytes, await host.readTreeRoom(user, tree), paths)
      if (lack !== null) throw new HostError('DISK_FULL', { detail: lack })
      work.comparison = comparison
      work.hasFiles = present.some(({ type }) => type === 'file')
      context.found(
        `${counts.new} new, ${counts.changed} changed, ${counts.same} the same; ${kept} that the backup does not have stay`,
      )
    },
  }
}

function backupOfNow(host: Host, { includeWorkspace = true }: RestoreRequest): Step {
  return { ...backupStep(host, 'restore', { includeWorkspace }), title: 'Back up what is there now' }
}

/** Whether it is to run afterwards is written down before it is stopped: a second run could not see it any more. */
function stopBeforeStep(host: Host, work: Work): Step {
  const stop = stopStep(host)
  return {
    ...stop,
    async run(context) {
      const { user, settings } = await requireUser(host)
      const container = await host.inspectContainer(user, settings.containerName)
      const isRunning = container?.running === true
      const backup = markOf(work)
      const mark = await host.readRestoreMark()
      const isOurs = mark?.backup === backup && !wasStartedSince(container, mark.since)
      if (!isChange(work) && !isOurs) {
        work.leftAlone = `nothing is to be restored: the gateway ${isRunning ? 'goes on running' : 'does not run, and stays so'}`
        context.found(work.leftAlone)
        return
      }
      const startAfter = isRunning || (isOurs && mark.startAfter)
      await host.writeRestoreMark({ startAfter, backup, since: new Date().toISOString() })
      work.startAfter = startAfter
      work.leftAlone = 'the gateway did not run before'
      await stop.run(context)
    },
  }
}

/** The same backup under another name, or sent to the panel again, is the same. */
function markOf(work: Work): string {
  return createHash('sha256')
    .update(JSON.stringify(verified(work).manifest))
    .digest('hex')
}

/** Somebody started it after the restore that left the mark was ended: what it said is over. */
function wasStartedSince(container: ContainerFacts | null, since: string): boolean {
  return container !== null && Date.parse(container.startedAt) > Date.parse(since)
}

function filesStep(host: Host, work: Work): Step {
  return {
    id: 'restore-files',
    title: 'Put the files in their places',
    async run(context) {
      const { user, paths } = await requireUser(host)
      const { configDir, workspaceDir } = paths
      context.command(`sudo razroom-panel restore ${describe(work.request)}`)
      const target = {
        directories: { configDir, workspaceDir },
        includesWorkspace: work.request.includeWorkspace ?? true,
        manifest: verified(work).manifest,
      }
      // It replaces files itself, and they are watched meanwhile.
      const report = await withAuthor(host, user, authorOf(context), () =>
        host.restoreBackup(user, sourceOf(work.request), target, context.watch),
      )
      context.found(`${report.unchanged} were the same already`)
      if (report.written === 0 && report.aside.length === 0) return
      const aside = report.aside.length > 0 ? `; kept under another name: ${report.aside.join(', ')}` : ''
      context.did(`wrote ${report.written} files, links and directories as ${user.name}${aside}`)
    },
  }
}

function describe({ name, path, includeWorkspace = true }: RestoreRequest): string {
  return `${name ?? path ?? ''}${includeWorkspace ? '' : ' --no-workspace'}`
}

function doneStep(host: Host, work: Work): Step {
  return {
    id: 'restore-done',
    title: 'Look at the result',
    async run(context) {
      const { user, settings } = await requireUser(host)
      const token = (await readEffectiveToken(host, user))?.token ?? null
      const isSame = token === tokenOfBackup(verified(work))
      await host.writeRestoreMark(null)
      if (work.request.path !== undefined) await host.removeUpload(work.request.path)
      const container = await host.inspectContainer(user, settings.containerName)
      const next = container === null ? '; image and container come with: sudo razroom-panel setup' : ''
      context.found(
        `${isSame ? 'the token is that of the backup' : 'the token is not that of the backup'}; files are in ${gatewayPaths(user, settings).configDir}${next}`,
      )
    },
  }
}
