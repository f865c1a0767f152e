/** Builds an image for the gateway's user from a directory that this user need not be able to read. */
import { createHash } from 'node:crypto'
import { freemem } from 'node:os'
import { PassThrough, Writable } from 'node:stream'
import { CommandError, HostError, PanelError } from '../errors.ts'
import type { BuildRequest, BuildSource, ImageFacts, UserAccount, Watch } from './host.ts'
import type { Podman } from './podman.ts'
import { rememberFingerprint } from './remembered-fingerprint.ts'
import type { RunAsUser } from './run-as-user.ts'
import type { RunCommand } from './run-command.ts'
import { type FindReader, isBundledAvailable, openSource, type SourceDirectory } from './source-directory.ts'

/** A build of the real gateway takes many minutes on two cores. */
const BUILD_TIMEOUT_MS = 2 * 3_600_000
/** Copying the checkout into the user's directory; a large one on a slow disk. */
const COPY_TIMEOUT_MS = 900_000
const SOURCE_LABEL = 'io.razroom.panel.source'

export interface ImageBuilder {
  fingerprintSource(source: BuildSource): Promise<string>
  isBundledAvailable(): Promise<boolean>
  buildImage(user: UserAccount, request: BuildRequest, watch?: Watch): Promise<ImageFacts>
}

export interface ImageBuilderParts {
  readonly run: RunCommand
  readonly runAsUser: RunAsUser
  readonly podman: Pick<Podman, 'inspectImage'>
  /** The directory of the panel that has the parts of the bundled image. */
  readonly bundledDir: string
  readonly findReader?: FindReader
}

export function createImageBuilder(parts: ImageBuilderParts): ImageBuilder {
  const { run, runAsUser, podman, bundledDir } = parts
  const open = (source: BuildSource) => openSource(run, source, bundledDir, parts.findReader)
  const remember = rememberFingerprint()
  const print = (source: BuildSource, directory: SourceDirectory) => {
    const make = () => fingerprint(run, directory, buildArgsOf(source))
    // A checkout is looked at with its reader's rights, and by its reader's tar alone.
    return source.kind === 'bundled' && directory.reader === null ? remember(directory, make) : make()
  }
  return {
    fingerprintSource: async (source) => print(source, await open(source)),
    isBundledAvailable: () => isBundledAvailable(bundledDir),
    async buildImage(user, { source, tag }, watch) {
      const directory = await open(source)
      const buildArgs = buildArgsOf(source)
      const label = `${SOURCE_LABEL}=${await print(source, directory)}`
      const options = buildArgs.flatMap((pair) => ['--build-arg', pair])
      const args = ['build', '--label', label, ...options, '--tag', tag]
      await buildFrom({ run, runAsUser, user, directory }, args, watch)
      const image = await podman.inspectImage(user, tag)
      if (image) return image
      throw new HostError('IMAGE_BUILD_FAILED', { detail: `podman built ${tag}, but does not have it` })
    },
  }
}

/** As `podman build --build-arg` takes them, sorted: their order makes no other image. */
export function buildArgsOf(source: BuildSource): string[] {
  const args = source.kind === 'repo' ? (source.buildArgs ?? {}) : {}
  return Object.entries(args)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
}

/** GNU tar keeps symbolic links as they are; `u+rwX`: its user can read and remove all that was copied. */
function packArgv(directory: SourceDirectory, options: readonly string[]): [string, ...string[]] {
  const excludes = directory.excludes.map((pattern) => `--exclude=${pattern}`)
  return [
    'tar',
    '--create',
    '--file=-',
    '--mode=u+rwX',
    ...options,
    `--directory=${directory.path}`,
    '--anchored',
    ...excludes,
    '--',
    ...directory.parts,
  ]
}

/**
 * sha-256 over an archive of names, modes, links and contents, and the build arguments: two equal fingerprints build the
 * same image.
 */
async function fingerprint(
  run: RunCommand,
  directory: SourceDirectory,
  buildArgs: readonly string[],
): Promise<string> {
  const hash = createHash('sha256')
  if (buildArgs.length > 0) hash.update(JSON.stringify(buildArgs))
  const same = ['--sort=name', '--format=gnu', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  const intoHash = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done()
    },
  })
  await run(packArgv(directory, same), {
    timeoutMs: COPY_TIMEOUT_MS,
    stdoutTo: intoHash,
    ...(directory.reader === null ? {} : { owner: directory.reader }),
  })
  return hash.digest('hex')
}

interface Build {
  readonly run: RunCommand
  readonly runAsUser: RunAsUser
  readonly user: UserAccount
  readonly directory: SourceDirectory
}

/**
 * Hands the directory over as a tar stream into a private directory of the user and builds there: its reader reads it,
 * the user builds it, and no copy lies about that others could read. (`podman build -` holds the whole archive in memory
 * and takes what it fails to unpack for a Dockerfile.)
 */
async function buildFrom(build: Build, args: readonly string[], watch?: Watch): Promise<void> {
  const { runAsUser, user } = build
  const copy = `${user.home}/.cache/razroom-panel/build`
  // One operation runs at a time, so what is there is left over from one that was killed.
  const clean = () =>
    runAsUser(user, ['rm', '--recursive', '--force', '--', copy], {
      timeoutMs: COPY_TIMEOUT_MS,
      direct: true,
    })
  await clean()
  try {
    await copyContext(build, copy, watch?.signal)
    await runAsUser(user, ['podman', ...args, '--', copy], {
      timeoutMs: BUILD_TIMEOUT_MS,
      watch,
      capture: false,
    })
  } catch (error) {
    throw asBuildError(error)
  } finally {
    await clean()
  }
}

async function copyContext(build: Build, copy: string, cancel?: AbortSignal): Promise<void> {
  const { run, runAsUser, user, directory } = build
  const halt = new AbortController()
  const signal = cancel ? AbortSignal.any([cancel, halt.signal]) : halt.signal
  const options = { timeoutMs: COPY_TIMEOUT_MS, direct: true, watch: { signal } }
  await runAsUser(user, ['mkdir', '--parents', '--mode=0700', '--', copy], options)
  const stream = new PassThrough()
  const packing = run(packArgv(directory, []), {
    timeoutMs: COPY_TIMEOUT_MS,
    stdoutTo: stream,
    watch: { signal },
    ...(directory.reader === null ? {} : { owner: directory.reader }),
  })
  const unpackArgv = ['tar', '--extract', '--file=-', '--no-same-owner', '--preserve-permissions'] as const
  const unpacking = runAsUser(user, [...unpackArgv, `--directory=${copy}`], { ...options, stdin: stream })
  // Without its reader the packer would wait forever.
  unpacking.catch(() => halt.abort())
  const [packed, unpacked] = await Promise.allSettled([packing, unpacking])
  // A packer that failed by itself is the reason of both failures.
  if (packed.status === 'rejected' && !halt.signal.aborted) throw packed.reason
  if (packed.status === 'rejected' && !isCancelled(packed.reason)) throw packed.reason
  if (unpacked.status === 'rejected') throw unpacked.reason
}

function isCancelled(error: unknown): boolean {
  return error instanceof PanelError && error.code === 'OPERATION_CANCELLED'
}

/** 128 + SIGKILL (signal(7)): of podman itself, or of a step of the build, which podman tells in its words. */
const KILLED = 137
const STEP_KILLED = /exit status 137|exit code:? 137|signal: killed/i

function asBuildError(error: unknown): unknown {
  if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') return error
  const { failure } = error
  const isKilled =
    failure.exitCode === undefined ||
    failure.exitCode === KILLED ||
    failure.lastLines.some((line) => STEP_KILLED.test(line))
  const why = `137 is SIGKILL: most likely the memory was full (${Math.round(freemem() / 1e6)} MB are free now)`
  const lastLines = isKilled ? [...failure.lastLines, why] : failure.lastLines
  return new CommandError({ ...failure, lastLines }, 'IMAGE_BUILD_FAILED', error)
}
