import { execa } from 'execa'
import { prepareInside, requireInit } from './enter.ts'
import type { HostRecord } from './host-record.ts'
import { runToEnd } from './program.ts'

/**
 * Copies a file or directory of the outer machine to `hostPath`, making the directories above it.
 * @param owner a user of the host, who then owns all of it
 * @throws when `hostPath` is not absolute, or cp fails
 */
export async function copyIntoHost(
  record: HostRecord,
  localPath: string,
  hostPath: string,
  owner: string | undefined,
): Promise<void> {
  if (!hostPath.startsWith('/'))
    throw new Error(`copyIn needs an absolute path in the host, not '${hostPath}'`)
  const inside = async (argv: string[]) => runToEnd(await prepareInside(record, argv, {}), {})
  // Resolved inside, for an absolute symbolic link would lead to the outer machine.
  const { stdout: target } = await inside(['realpath', '--canonicalize-missing', hostPath])
  await inside(['sh', '-c', 'mkdir -p "$(dirname "$0")"', target])
  // By way of /proc, so that a target on a tmpfs of the host is met too.
  const seenFromHere = `/proc/${requireInit(record)}/root${target}`
  await execa('cp', ['--archive', '--reflink=auto', '--no-target-directory', localPath, seenFromHere])
  if (owner !== undefined) await inside(['chown', '--recursive', '--no-dereference', `${owner}:`, target])
}
