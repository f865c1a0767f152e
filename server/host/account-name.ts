import { createRedactor } from '../redact.ts'
import { createCommandRunner } from './run-command.ts'
import { parsePasswdLine } from './user-account.ts'

const TIMEOUT_MS = 30_000

/**
 * Name of the account with this name or uid, by whatever the machine knows accounts (getent(1): a key of digits is a
 * uid). Null when there is none.
 * Errors: COMMAND_FAILED when the source of accounts does not answer.
 */
export async function findAccountName(key: string): Promise<string | null> {
  const { run } = createCommandRunner(createRedactor(() => []))
  const { exitCode, stdout } = await run(['getent', 'passwd', '--', key], {
    timeoutMs: TIMEOUT_MS,
    okExitCodes: [0, 2],
  })
  return exitCode === 2 ? null : (parsePasswdLine(stdout.split('\n')[0] ?? '')?.name ?? null)
}
