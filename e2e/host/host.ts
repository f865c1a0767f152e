import { randomBytes } from 'node:crypto'
import { bootAgain, bringUp } from './bring-up.ts'
import { writeChromiumScript } from './chromium.ts'
import { copyIntoHost } from './copy-in.ts'
import { outerCgroup, prepareInside, prepareOutside } from './enter.ts'
import { guardHost, releaseHost } from './exit-guard.ts'
import { type HostRecord, hostPaths, readRecord, writeRecord } from './host-record.ts'
import type { BaseLevel, HostKind, NetworkMode } from './kinds.ts'
import { assertOuterMachine, readPackageAccess } from './outer-machine.ts'
import { identify, readBootId } from './process-identity.ts'
import { type HostProcess, type RunOptions, type RunResult, runToEnd, startProgram } from './program.ts'
import { reachManager } from './reach-manager.ts'
import { sweepStaleHosts } from './sweep.ts'
import { tearDown } from './teardown.ts'

export type { BaseLevel, HostKind, NetworkMode } from './kinds.ts'
export type { HostProcess, RunOptions, RunResult } from './program.ts'
export { sweepStaleHosts } from './sweep.ts'

/** What kind of machine a test asks for. */
export interface HostRequest {
  kind: HostKind
  /** Default `ready`. */
  base?: BaseLevel
  /** Default `isolated`. */
  network?: NetworkMode
  /** The host outlives this process until somebody takes it down. For people; tests leave it out. */
  keep?: boolean
}

/** A Debian machine to do with as one likes. */
export interface TestHost {
  readonly name: string
  readonly kind: HostKind
  /** Its root directory seen from outside. Mind absolute symbolic links in there: they lead outside. */
  readonly root: string
  /** Name of its network namespace, for ip-netns(8). */
  readonly netns: string
  /** Runs a program inside, as root unless a user is named. @throws on a non-zero exit and on a timeout */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Starts a long-running program inside. Its `kill()` arrives inside as SIGTERM. */
  spawn(argv: readonly string[], options?: Pick<RunOptions, 'user' | 'env' | 'cwd'>): Promise<HostProcess>
  /** Runs a program of the outer machine in the host's network only, as curl or a browser of a local user. */
  outside(argv: readonly string[], options?: Omit<RunOptions, 'user'>): Promise<RunResult>
  /** Path of a script for Playwright's `executablePath`: this machine's chromium in the host's network. */
  chromiumPath(): Promise<string>
  /**
   * Copies a file or a directory in, as `hostPath` itself (not below it), which must not exist as a directory.
   * @param owner a user of the host; modes and numeric owners are kept when left out
   */
  copyIn(localPath: string, hostPath: string, owner?: string): Promise<void>
  /** Boots it again on the same tree; the network namespace stays. */
  reboot(): Promise<void>
  /** Removes all of it. A second call does nothing. */
  destroy(): Promise<void>
}

/** Node trusts its own list, not this one, unless told; see NODE_EXTRA_CA_CERTS in Node's documentation. */
const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

let swept: Promise<unknown> | undefined

/**
 * Boots a fresh host: some 3 s when its base is in the cache, a minute or two when that must be built first.
 * Leftovers of dead test runs are swept first, once per process.
 * @throws when this machine lacks what it takes (says what to install) or the host does not come up
 */
export async function createHost(request: HostRequest): Promise<TestHost> {
  await assertOuterMachine()
  swept ??= sweepStaleHosts()
  await swept
  const { kind, base = 'ready', network = 'isolated', keep = false } = request
  const access = await readPackageAccess()
  const record: HostRecord = {
    name: `rz-${kind}-${process.pid}-${randomBytes(3).toString('hex')}`,
    kind,
    base,
    network,
    // Also of a host that is to be kept: until it is up, it goes when we go.
    owner: identify(process.pid),
    bootId: readBootId(),
    env: access.certificates.length > 0 ? { NODE_EXTRA_CA_CERTS: CA_BUNDLE } : {},
    createdAt: new Date().toISOString(),
  }
  guardHost(record.name)
  await writeRecord(record)
  try {
    const up = await bringUp(record, access)
    if (keep) {
      await writeRecord({ ...up, owner: null })
      releaseHost(record.name)
    }
    return await openHost(record.name)
  } catch (error) {
    await tearDown(record).catch((second: unknown) => {
      throw new AggregateError([error, second], `${record.name} did not come up, nor could it be taken down`)
    })
    releaseHost(record.name)
    throw error
  }
}

/**
 * Gives access to a host that is up, by its name; it stays its owner's.
 * @throws when there is no such host or it is not up
 */
export async function openHost(name: string): Promise<TestHost> {
  let record = await readRecord(name)
  const paths = await hostPaths(name)
  return {
    name,
    kind: record.kind,
    root: paths.tree,
    netns: name,
    run: (argv, options = {}) =>
      reachManager(async () => runToEnd(await prepareInside(record, argv, options), options)),
    spawn: async (argv, options = {}) => startProgram(await prepareInside(record, argv, options)),
    outside: async (argv, options = {}) => runToEnd(await prepareOutside(record, argv, options), options),
    chromiumPath: async () => writeChromiumScript(paths, await outerCgroup(name)),
    copyIn: (localPath, hostPath, owner) => copyIntoHost(record, localPath, hostPath, owner),
    reboot: async () => {
      record = await bootAgain(record)
    },
    destroy: async () => {
      await tearDown(record)
      releaseHost(name)
    },
  }
}
