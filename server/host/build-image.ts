/** Builds an image for the gateway's user from a directory that this user need not be able to read. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import { isAbsolutePath } from '../../contract/rules.ts'
import type { ImageSource } from '../../contract/schemas.ts'
import { CommandError, HostError, InputError, PanelError, SetupError } from '../errors.ts'
import { CLEAN_ENVIRONMENT } from './clean-environment.ts'
import type { BuildRequest, ImageFacts, UserAccount, Watch } from './host.ts'
import type { Podman } from './podman.ts'
import type { RunAsUser } from './run-as-user.ts'

/** A build of the real gateway takes many minutes on two cores. */
const BUILD_TIMEOUT_MS = 2 * 3_600_000
/** Copying the checkout into the user's directory; a large one on a slow disk. */
const COPY_TIMEOUT_MS = 900_000
const SOURCE_LABEL = 'io.razroom.panel.source'
/** The names podman itself looks for, in its order (podman-build(1)). */
const DOCKERFILES = ['Containerfile', 'Dockerfile'] as const
/** What the bundled image is made of, below the directory of the panel. */
const BUNDLED_PARTS = ['Dockerfile', 'gateway/rootfs/tree', 'dist/gateway'] as const
/** Never part of an image, and large; the rest is for the checkout's own .dockerignore to say. */
const LEFT_OUT = new Set(['.git'])

interface Context {
  readonly directory: string
  /** What goes into the build, relative to the directory. */
  readonly parts: readonly string[]
}

async function isThere(path: string, kind: 'file' | 'directory'): Promise<boolean> {
  try {
    const facts = await lstat(path)
    return kind === 'file' ? facts.isFile() : facts.isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw error
  }
}

/** True when everything the bundled image is made of lies below this directory. */
export async function isBundledAvailable(bundledDir: string): Promise<boolean> {
  const [file, ...directories] = BUNDLED_PARTS
  const found = await Promise.all([
    isThere(join(bundledDir, file), 'file'),
    ...directories.map((part) => isThere(join(bundledDir, part), 'directory')),
  ])
  return found.every(Boolean)
}

async function findContext(source: ImageSource, bundledDir: string): Promise<Context> {
  if (source.kind === 'bundled') {
    if (!(await isBundledAvailable(bundledDir)))
      throw new SetupError('BUNDLED_IMAGE_MISSING', { detail: bundledDir })
    return { directory: bundledDir, parts: BUNDLED_PARTS }
  }
  const { path } = source
  if (!isAbsolutePath(path) || !(await isThere(path, 'directory'))) {
    throw new InputError('REPO_NOT_FOUND', {
      detail: `${path} is not a directory (or a link to one); name it by its absolute path`,
    })
  }
  const dockerfiles = await Promise.all(DOCKERFILES.map((name) => isThere(join(path, name), 'file')))
  if (!dockerfiles.some(Boolean)) throw new InputError('DOCKERFILE_MISSING', { detail: path })
  const parts = (await readdir(path)).filter((name) => !LEFT_OUT.has(name)).sort()
  return { directory: path, parts }
}

/** sha-256 over names, modes, links and contents: two equal fingerprints build the same image. */
export async function fingerprintSource(source: ImageSource, bundledDir: string): Promise<string> {
  const { directory, parts } = await findContext(source, bundledDir)
  const hash = createHash('sha256')
  for (const part of parts) await addToHash(hash, directory, part)
  return hash.digest('hex')
}

async function addToHash(
  hash: ReturnType<typeof createHash>,
  directory: string,
  part: string,
): Promise<void> {
  const path = join(directory, part)
  const facts = await lstat(path)
  hash.update(`${part}\0${(facts.mode & 0o777).toString(8)}\0`)
  if (facts.isSymbolicLink()) hash.update(`link\0${await readlink(path)}\0`)
  else if (facts.isFile()) {
    hash.update(`file\0${facts.size}\0`)
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk)
    })
  } else if (facts.isDirectory()) {
    const names = (await readdir(path)).filter((name) => !LEFT_OUT.has(name)).sort()
    for (const name of names) await addToHash(hash, directory, `${part}/${name}`)
  }
}

export interface ImageBuilder {
  fingerprintSource(source: ImageSource): Promise<string>
  isBundledAvailable(): Promise<boolean>
  buildImage(user: UserAccount, request: BuildRequest, watch?: Watch): Promise<ImageFacts>
}

/** @param bundledDir the directory of the panel that has the parts of the bundled image */
export function createImageBuilder(runAsUser: RunAsUser, podman: Podman, bundledDir: string): ImageBuilder {
  return {
    fingerprintSource: (source) => fingerprintSource(source, bundledDir),
    isBundledAvailable: () => isBundledAvailable(bundledDir),
    async buildImage(user, { source, tag }, watch) {
      const context = await findContext(source, bundledDir)
      const fingerprint = await fingerprintSource(source, bundledDir)
      const label = `${SOURCE_LABEL}=${fingerprint}`
      await buildFrom(runAsUser, user, context, ['build', '--label', label, '--tag', tag], watch)
      const image = await podman.inspectImage(user, tag)
      if (!image)
        throw new HostError('IMAGE_BUILD_FAILED', { detail: `podman built ${tag}, but does not have it` })
      return image
    },
  }
}

/**
 * Hands the directory over as a tar stream into a private directory of the user and builds there: root reads it, the
 * user builds it, and no copy lies about that others could read. (`podman build -` holds the whole archive in memory
 * and takes what it fails to unpack for a Dockerfile.) tar keeps symlinks as they are; .dockerignore is podman's to obey.
 */
async function buildFrom(
  runAsUser: RunAsUser,
  user: UserAccount,
  context: Context,
  args: readonly string[],
  watch?: Watch,
): Promise<void> {
  const copy = `${user.home}/.cache/razroom-panel/build`
  // One operation runs at a time, so what is there is left over from one that was killed.
  const clean = () =>
    runAsUser(user, ['rm', '--recursive', '--force', '--', copy], {
      timeoutMs: COPY_TIMEOUT_MS,
      direct: true,
    })
  await clean()
  try {
    await copyContext(runAsUser, user, context, copy, watch)
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

async function copyContext(
  runAsUser: RunAsUser,
  user: UserAccount,
  { directory, parts }: Context,
  copy: string,
  watch?: Watch,
): Promise<void> {
  const signal = watch?.signal
  const options = {
    timeoutMs: COPY_TIMEOUT_MS,
    direct: true,
    watch: signal === undefined ? undefined : { signal },
  }
  await runAsUser(user, ['mkdir', '--parents', '--mode=0700', '--', copy], options)
  const excludes = [...LEFT_OUT].map((name) => `--exclude=${name}`)
  const pack = execa(
    'tar',
    ['--create', '--file=-', `--directory=${directory}`, ...excludes, '--', ...parts],
    {
      extendEnv: false,
      env: CLEAN_ENVIRONMENT,
      cwd: '/',
      stdin: 'ignore',
      buffer: { stdout: false, stderr: true },
      reject: false,
    },
  )
  try {
    const unpack = [
      'tar',
      '--extract',
      '--file=-',
      '--no-same-owner',
      '--preserve-permissions',
      `--directory=${copy}`,
    ] as const
    await runAsUser(user, unpack, { ...options, stdin: pack.stdout })
  } catch (error) {
    pack.kill()
    await pack
    throw error
  }
  const { exitCode, stderr } = await pack
  if (exitCode !== 0) {
    const lastLines = stderr.split('\n').slice(-3)
    throw new CommandError(
      { argv: ['tar', '--create', directory], exitCode, lastLines },
      'IMAGE_BUILD_FAILED',
    )
  }
}

function asBuildError(error: unknown): unknown {
  if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') return error
  return new CommandError(
    error.failure,
    'IMAGE_BUILD_FAILED',
    error instanceof PanelError ? error : undefined,
  )
}
