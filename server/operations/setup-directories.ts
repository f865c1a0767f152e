/** The step that makes the gateway's directories, and refuses those that are somebody else's. */
import type { Settings } from '../../contract/settings.ts'
import { foreignNames, plainPath } from '../domain/directory-rules.ts'
import { shellQuote } from '../domain/shell-quote.ts'
import { PanelError, SetupError } from '../errors.ts'
import type { Host, UserAccount } from '../host/host.ts'
import { requireUser } from './gateway-files.ts'
import type { Step } from './runner.ts'
import { remember } from './setup-user.ts'

const SHOWN = 5

export function directoriesStep(host: Host): Step {
  return {
    id: 'directories',
    title: 'Directories for config, workspace, cache and log',
    async run(context) {
      const { user, paths, settings } = await requireUser(host)
      const wanted = [paths.configDir, paths.workspaceDir, paths.pluginCacheDir, paths.logDir]
      context.command(
        `sudo -u ${user.name} mkdir -p -m 0700 ${wanted.map((path) => shellQuote(path)).join(' ')}`,
      )
      await refuseForeign(host, user, settings)
      const { done, note } = await giveBack(host, user, [paths.configDir, paths.workspaceDir])
      for (const path of wanted) {
        const { created, corrected } = await ensureDirectory(host, user, path)
        if (created) {
          await remember(host, `dir:${path}`)
          done.push(`made ${path}`)
        } else if (corrected) done.push(`closed ${path} to others (0700)`)
      }
      context.found(`${wanted.length} directories, readable by ${user.name} and root only${note}`)
      if (done.length > 0) context.did(done.join(', '))
    },
  }
}

/** Root leaves files of its own there, as with `sudo nano .env`; the gateway could not read them. */
async function giveBack(
  host: Host,
  user: UserAccount,
  directories: readonly string[],
): Promise<{ done: string[]; note: string }> {
  try {
    const given = await host.giveBackFiles(user, directories)
    if (given.length === 0) return { done: [], note: '' }
    const more = given.length > SHOWN ? ` and ${given.length - SHOWN} more` : ''
    return { done: [`gave ${given.slice(0, SHOWN).join(', ')}${more} back to ${user.name}`], note: '' }
  } catch (error) {
    if (!(error instanceof PanelError) || error.code !== 'COMMAND_FAILED') throw error
    // Old kernels cannot do it safely. What matters is told by the step that then cannot read a file.
    return { done: [], note: `; ${error.detail ?? error.message}` }
  }
}

/** A directory that was named and holds anything but a gateway's files would be closed to others, and mounted. */
async function refuseForeign(host: Host, user: UserAccount, { configDir }: Settings): Promise<void> {
  if (configDir === null) return
  const names = foreignNames(await listDirectory(host, user, configDir))
  if (names.length === 0) return
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name).slice(1, -1))
  throw new SetupError('DIRECTORY_UNSUITABLE', {
    detail: `${configDir} holds other things than a gateway’s (${shown.join(', ')}): name a directory of its own`,
  })
}

async function listDirectory(host: Host, user: UserAccount, path: string): Promise<readonly string[]> {
  try {
    return await host.listUserDirectory(user, path)
  } catch (error) {
    if (error instanceof PanelError && error.code === 'COMMAND_FAILED') throw unsuitable(user, path, error)
    throw error
  }
}

async function ensureDirectory(
  host: Host,
  user: UserAccount,
  path: string,
): Promise<{ created: boolean; corrected: boolean }> {
  try {
    return await host.ensureUserDirectory(user, path, 0o700)
  } catch (error) {
    if (error instanceof PanelError && (error.code === 'FILE_DENIED' || error.code === 'FILE_REFUSED'))
      throw unsuitable(user, path, error)
    throw error
  }
}

/** With the command that mends it: made where it is missing, given to the user where it is somebody else's. */
function unsuitable(user: UserAccount, path: string, cause: PanelError): SetupError {
  const owner = `${user.name}:${user.gid}`
  const quoted = shellQuote(plainPath(path))
  const isThere = cause.detail?.includes('belongs to uid') || cause.code === 'COMMAND_FAILED'
  const command = isThere
    ? `sudo chown -R ${owner} ${quoted}`
    : `sudo install -d -o ${user.name} -g ${user.gid} -m 0700 ${quoted}`
  const what =
    cause.code === 'FILE_REFUSED'
      ? `${path} cannot be made or is no directory (${cause.detail ?? ''})`
      : isThere
        ? `${cause.detail ?? path}; ${user.name} must own it`
        : `${user.name} may not make or use ${path}`
  return new SetupError('DIRECTORY_UNSUITABLE', { detail: `${what}. Run: ${command}`, command, cause })
}
