/** The uninstaller that an installed release carries. */
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, HostError, SetupError } from '../errors.ts'
import type { OutputChunk } from './host.ts'
import { createCommandRunner } from './run-command.ts'

/** A backup of a large workspace takes its time. */
const TIMEOUT_MS = 3_600_000

/** How install.sh begins its last message, and each line that it cites from its log (scripts/install/report.sh). */
const MESSAGE = 'install.sh: '
const LOG_LINE = '| '

/** Of one that ended without a message. */
const MAX_LINES = 5

/**
 * Runs `install.sh --uninstall` of the release, which removes the very files that this program runs from.
 *
 * @param root top of the release: where bin/, dist/ and install.sh lie
 * @param options words for install.sh, for example ['--purge', '--confirm', 'razroom']
 * @param onLine gets what it prints for people
 * @throws {SetupError} NOT_INSTALLED the program runs from a checkout
 * @throws {HostError} UNINSTALL_FAILED with what the uninstaller said
 */
export async function runUninstaller(
  root: string,
  options: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  const installer = join(root, 'install.sh')
  // Only a release has its runtime beside it (bin/razroom-panel).
  for (const path of [installer, join(root, 'node')]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!isThere) throw new SetupError('NOT_INSTALLED', { detail: `it runs from ${root}` })
  }
  const problems: string[] = []
  const watch = {
    onLine: ({ stream, text }: OutputChunk) => {
      if (stream === 'stdout') onLine(text)
      else problems.push(text.trim())
    },
  }
  try {
    // The uninstaller prints no secret, and it is no program that this process may leave behind.
    await createCommandRunner((text) => text).run([installer, '--uninstall', ...options], {
      timeoutMs: TIMEOUT_MS,
      capture: false,
      watch,
    })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new HostError('UNINSTALL_FAILED', { detail: lastWords(problems) || error.message, cause: error })
  }
}

/** Its last message: what is wrong, the last line of its log where that failed, and what mends it. */
function lastWords(lines: readonly string[]): string {
  const said = lines.filter((line) => line !== '')
  const start = said.findLastIndex((line) => line.startsWith(MESSAGE))
  const message = start === -1 ? said.slice(-MAX_LINES) : said.slice(start)
  const lastOfLog = message.findLast((line) => line.startsWith(LOG_LINE))
  return message
    .filter((line) => !line.startsWith(LOG_LINE) || line === lastOfLog)
    .map((line) => line.replace(LOG_LINE, ''))
    .join('\n')
    .replace(MESSAGE, '')
}
