/** Gives files that root left in the gateway's directories back to the gateway's user, as after `sudo nano .env`. */
import { mkdir, mkdtemp, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { CommandError, CommandMissing, HostError } from '../errors.ts'
import { splitTrusted } from './disk-free.ts'
import type { UserAccount } from './host.ts'
import type { RunCommand } from './run-command.ts'

const TIMEOUT_MS = 60_000

const Results = Type.Array(Type.Object({ paths: Type.Array(Type.String()), isCut: Type.Boolean() }))

export interface Ownership {
  /**
   * Gives directories, and regular files with one link, from root to the user: below these directories only, through
   * no link, and on their own file system. The paths that it changed. The directories themselves must be the user's, or
   * lie in one that is.
   * @throws HostError COMMAND_FAILED where the kernel has no `nosymfollow` (Linux 5.10), or a tool is missing
   */
  giveBackFiles(user: UserAccount, directories: readonly string[]): Promise<readonly string[]>
}

export interface OwnershipOptions {
  readonly run: RunCommand
  /** dist/server/ownership-agent.js, or ownership-agent/main.ts in development. */
  readonly agentFile: string
  /** Root's directory in which the mount is made. */
  readonly runDir: string
  /** This process's own Node unless said. */
  readonly nodeFile?: string
}

export function createOwnership(options: OwnershipOptions): Ownership {
  return {
    async giveBackFiles(user, directories) {
      if (user.uid === 0 || user.gid === 0)
        throw new HostError('INTERNAL', { detail: 'nothing is given to root' })
      const given: string[] = []
      for (const directory of directories) given.push(...(await giveBackOne(options, user, directory)))
      return given
    },
  }
}

async function giveBackOne(
  { run, agentFile, runDir, nodeFile = process.execPath }: OwnershipOptions,
  user: UserAccount,
  directory: string,
): Promise<string[]> {
  const { at, rest } = await splitTrusted(directory)
  const full = join(at, ...rest)
  const mountPoint = await mountPointOf(at)
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  const mountAt = await mkdtemp(join(runDir, 'own-'))
  const below = full.slice(mountPoint === '/' ? 0 : mountPoint.length)
  const order = { owner: { uid: user.uid, gid: user.gid }, mountPoint, mountAt, directories: [below] }
  try {
    const { stdout } = await run(
      ['unshare', '--mount', '--propagation=private', '--', nodeFile, agentFile, 'prepare'],
      {
        timeoutMs: TIMEOUT_MS,
        stdin: new TextEncoder().encode(JSON.stringify(order)),
        shownArgv: ['chown', `--from=root`, `${user.name}:`, directory],
      },
    )
    return parseResults(stdout).flatMap(({ paths }) =>
      paths.map((path) => (path === '' ? directory : `${directory}/${path}`)),
    )
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof CommandMissing)) throw error
    throw new HostError('COMMAND_FAILED', {
      detail: `files of root in ${directory} could not be given back: ${error.detail ?? error.message}`,
      cause: error,
    })
  } finally {
    // The mount was in a namespace that has gone with its last process.
    await rmdir(mountAt)
  }
}

function parseResults(text: string): { paths: string[]; isCut: boolean }[] {
  const value: unknown = JSON.parse(text)
  if (Value.Check(Results, value)) return value
  throw new HostError('COMMAND_FAILED', { detail: 'the ownership helper answered something unknown' })
}

/** The mount that this path of root's lies on, by its longest prefix (proc_pid_mountinfo(5)). */
async function mountPointOf(path: string): Promise<string> {
  const text = await readFile('/proc/self/mountinfo', 'utf8')
  const points = text.split('\n').flatMap((line) => {
    const point = line
      .split(' ')[4]
      ?.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    return point !== undefined && (point === '/' || path === point || path.startsWith(`${point}/`))
      ? [point]
      : []
  })
  return points.sort((a, b) => b.length - a.length)[0] ?? '/'
}
