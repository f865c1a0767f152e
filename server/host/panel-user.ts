/** The system user of the front: it owns nothing, has no home and no shell, and no password opens it. */
import { SetupError } from '../errors.ts'
import { findProgram } from './clean-environment.ts'
import type { UserAccount } from './host.ts'
import type { RunCommand } from './run-command.ts'
import { createAccounts } from './user-account.ts'

export const PANEL_USER = 'razroom-panel'
/** By this the uninstaller knows that the panel made the user (scripts/install/panel-user.sh has the same text). */
const COMMENT = 'razroom-panel, the half without rights'
const TIMEOUT_MS = 30_000

/**
 * The user of the front, made when it is missing.
 * @throws {SetupError} USER_UNSUITABLE there is one of that name that is root
 */
export async function ensurePanelUser(run: RunCommand): Promise<UserAccount> {
  const accounts = createAccounts(run)
  const known = await accounts.findUser(PANEL_USER)
  if (known === null) {
    const shell = (await findProgram('nologin')) ?? '/bin/false'
    const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent']
    await run(['useradd', ...options, '--shell', shell, '--comment', COMMENT, '--', PANEL_USER], {
      timeoutMs: TIMEOUT_MS,
    })
  }
  const user = known ?? (await accounts.findUser(PANEL_USER))
  if (user === null || user.uid === 0 || user.gid === 0) {
    throw new SetupError('USER_UNSUITABLE', {
      detail: `${PANEL_USER} must be a user without rights, for the half of the panel that speaks to browsers`,
    })
  }
  return user
}
