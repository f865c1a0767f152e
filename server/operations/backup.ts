/** Backups of config and workspace: an operation of its own, and a step of others before they change something. */
import type { BackupReason } from '../../contract/backups.ts'
import type { Host } from '../host/host.ts'
import { requireUser } from './gateway-files.ts'
import type { OperationPlan, Step } from './runner.ts'

/** How many names a sentence lists. */
const SHOWN_NAMES = 5

export interface BackupWish {
  /** True unless said. */
  readonly includeWorkspace?: boolean
  /** An absolute path; without it a new file of the panel's own directory. */
  readonly path?: string
}

/**
 * A step that makes a verified backup of what is there now. Without a config directory there is nothing to back up.
 * Every run makes one: what was there before an operation that was ended in the middle may be in an earlier one.
 * @throws {PanelError} SETUP_REQUIRED, DISK_FULL, FILE_DENIED, BACKUP_EXISTS; nothing is left of a backup that failed
 */
export function backupStep(host: Host, reason: BackupReason, wish: BackupWish = {}): Step {
  return {
    id: 'backup',
    title: 'Back up config and workspace',
    async run(context) {
      const { user, paths, settings } = await requireUser(host)
      const { includeWorkspace = true, path = null } = wish
      const { configDir, workspaceDir } = paths
      context.command(
        `sudo razroom-panel backup${path === null ? '' : ` ${path}`}${includeWorkspace ? '' : ' --no-workspace'}`,
      )
      if (!(await host.hasUserDirectory(user, configDir))) {
        context.found(`there is no ${configDir}: nothing to back up`)
        return
      }
      const directories = { configDir, workspaceDir }
      const order = { directories, includesWorkspace: includeWorkspace, reason, settings, path }
      const made = await host.makeBackup(user, order, context.watch)
      const missed = made.leftOut.map((item) => `${item.path} (${item.why})`)
      context.found(
        [
          `${configDir}${includeWorkspace ? ` and ${workspaceDir}` : ', without the workspace'}`,
          ...(missed.length > 0 ? [`left out: ${shorten(missed)}`] : []),
          ...(made.unsettled.length > 0
            ? [`changed while they were read, so these may be a mixture: ${shorten(made.unsettled)}`]
            : []),
        ].join('; '),
      )
      context.did(
        `${made.path}: ${made.files} ${made.files === 1 ? 'file' : 'files'}, ${made.sizeBytes} bytes, read back and verified`,
      )
    },
  }
}

function shorten(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** One backup, into the panel's own directory or to a path. */
export function backupGateway(host: Host, wish: BackupWish): OperationPlan {
  return { kind: 'backup', steps: [backupStep(host, 'manual', wish)] }
}
