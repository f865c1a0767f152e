/** Loads an image out of an archive, which podman alone ever opens, as the gateway's user (docs/security.md, 17). */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { isAbsolutePath } from '../../contract/rules.ts'
import { CommandError, HostError, InputError, PanelError } from '../errors.ts'
import { readDiskFree } from './disk-free.ts'
import type { ImageFacts, UserAccount, Watch } from './host.ts'
import type { ImageVerbs } from './images.ts'
import type { Podman } from './podman.ts'
import type { RunAsUser } from './run-as-user.ts'
import type { RunCommand } from './run-command.ts'
import { type FindReader, findReader } from './source-directory.ts'

const GIB = 1024 ** 3
/** A saved image of the real gateway is 2 to 4 GB. */
const MAX_ARCHIVE_BYTES = 16 * GIB
/** What the machine keeps for itself while an image is unpacked. */
const RESERVE_BYTES = GIB / 2
/** A compressed archive of an image is a fifth of it at the least; a bomb a thousandth. */
const MAX_EXPANSION = 20
const MIN_FILE_LIMIT_BYTES = GIB
const LOOK_TIMEOUT_MS = 30_000
const COPY_TIMEOUT_MS = 2 * 3_600_000
const LOAD_TIMEOUT_MS = 2 * 3_600_000
const DISK_LOOK_MS = 1_000

/** An archive as it lies there. */
export interface ArchiveFacts {
  readonly sizeBytes: number
  /** Changes with the file: its inode, size and times. */
  readonly stamp: string
}

export interface LoadedArchive {
  readonly image: ImageFacts
  readonly archive: ArchiveFacts & { readonly sha256: string }
}

export interface LoadArchive {
  /** ARCHIVE_NOT_FOUND for anything but a regular file that whoever could put it there may read. */
  readArchive(path: string): Promise<ArchiveFacts>
  /**
   * Copies the archive to the user and lets podman load it there; its image gets the name `tag`, and names that the
   * user gave to other images stay theirs. IMAGE_LOAD_FAILED with podman's words, DISK_FULL, and nothing is left then.
   */
  loadArchive(user: UserAccount, path: string, tag: string, watch?: Watch): Promise<LoadedArchive>
}

export interface LoaderParts {
  readonly run: RunCommand
  readonly runAsUser: RunAsUser
  readonly podman: Pick<Podman, 'inspectImage'>
  readonly images: Pick<ImageVerbs, 'listImages' | 'tagImage' | 'removeImages'>
  readonly findReader?: FindReader
}

interface FoundArchive extends ArchiveFacts {
  readonly path: string
  /** Who reads it; null: root, see SourceDirectory. */
  readonly reader: { readonly uid: number; readonly gid: number } | null
}

export function createArchiveLoader(parts: LoaderParts): LoadArchive {
  return {
    async readArchive(path) {
      const { sizeBytes, stamp } = await findArchive(parts, path)
      return { sizeBytes, stamp }
    },
    async loadArchive(user, path, tag, watch) {
      const archive = await findArchive(parts, path)
      await requireSpace(user, archive.sizeBytes)
      const directory = `${user.home}/.cache/razroom-panel/archive`
      const files = { timeoutMs: COPY_TIMEOUT_MS, direct: true } as const
      // One operation runs at a time, so what is there is left over from one that was killed.
      const clean = () => parts.runAsUser(user, ['rm', '--recursive', '--force', '--', directory], files)
      await clean()
      try {
        await parts.runAsUser(user, ['mkdir', '--parents', '--mode=0700', '--', directory], files)
        const copy = `${directory}/image`
        const sha256 = await copyArchive(parts, user, archive, copy, watch?.signal)
        const image = await loadCopy(parts, user, { archive, directory, copy, tag }, watch)
        return { image, archive: { sizeBytes: archive.sizeBytes, stamp: archive.stamp, sha256 } }
      } finally {
        await clean()
      }
    },
  }
}

async function findArchive(parts: LoaderParts, path: string): Promise<FoundArchive> {
  const { run } = parts
  const refuse = (detail: string, cause?: unknown) => new InputError('ARCHIVE_NOT_FOUND', { detail, cause })
  if (!isAbsolutePath(path)) throw refuse(`${JSON.stringify(path)} is not an absolute path`)
  const reader = await (parts.findReader ?? findReader)(path).catch((error: unknown) => {
    if (!(error instanceof PanelError) || error.code !== 'REPO_NOT_FOUND') throw error
    throw refuse(error.detail ?? path, error)
  })
  // -H: a link is followed, with the rights of the reader.
  const argv = [
    'find',
    '-H',
    path,
    '-maxdepth',
    '0',
    '-type',
    'f',
    '-readable',
    '-printf',
    '%i %s %T@ %C@',
  ] as const
  const { stdout } = await run(argv, { timeoutMs: LOOK_TIMEOUT_MS, ...asReader(reader) }).catch(
    (error: unknown) => {
      if (!(error instanceof CommandError)) throw error
      throw refuse(error.failure.lastLines.at(-1)?.replace(/^find: /, '') ?? path, error)
    },
  )
  if (stdout === '') throw refuse(`${path} is not a regular file that its owner may read`)
  const sizeBytes = Number(stdout.split(' ')[1])
  if (sizeBytes > MAX_ARCHIVE_BYTES)
    throw refuse(`${path} has ${sizeBytes} bytes, and the limit is ${MAX_ARCHIVE_BYTES}`)
  return { path, reader, sizeBytes, stamp: stdout }
}

function asReader(reader: FoundArchive['reader']): { owner?: { uid: number; gid: number } } {
  return reader === null ? {} : { owner: reader }
}

/** The copy, and what is unpacked of it, which is the same again at the least. */
async function requireSpace(user: UserAccount, sizeBytes: number): Promise<void> {
  const [free, needed] = [await readDiskFree(user.home), 2 * sizeBytes + RESERVE_BYTES]
  if (free >= needed) return
  const [has, needs] = [free, needed].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`)
  throw new HostError('DISK_FULL', {
    detail: `${user.home} has ${has} left, and loading this needs ${needs}`,
  })
}

/** Reader and writer each with their own rights; what flows between is counted and hashed, never looked into. */
async function copyArchive(
  { run, runAsUser }: LoaderParts,
  user: UserAccount,
  { path, reader, sizeBytes }: FoundArchive,
  copy: string,
  cancel?: AbortSignal,
): Promise<string> {
  const halt = new AbortController()
  const signal = cancel ? AbortSignal.any([cancel, halt.signal]) : halt.signal
  const options = { timeoutMs: COPY_TIMEOUT_MS, watch: { signal } }
  const hash = createHash('sha256')
  let received = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length
      hash.update(chunk)
      if (received > sizeBytes) halt.abort()
      done(null, received > sizeBytes ? undefined : chunk)
    },
  })
  // nonblock: should a FIFO have come into its place, dd ends instead of waiting for a writer (fifo(7)).
  const reading = run(['dd', `if=${path}`, 'iflag=nonblock', 'bs=1M', 'status=none'], {
    ...options,
    stdoutTo: counted,
    ...asReader(reader),
  })
  const writing = runAsUser(user, ['dd', `of=${copy}`, 'bs=1M', 'conv=excl,fsync', 'status=none'], {
    ...options,
    stdin: counted,
    direct: true,
  })
  // Without its reader the other would wait forever, and so would the one without its writer.
  for (const one of [reading, writing]) one.catch(() => halt.abort())
  const [read, written] = await Promise.allSettled([reading, writing])
  cancel?.throwIfAborted()
  const failures = [read, written].flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  )
  const first = failures.find(
    (reason) => !(reason instanceof PanelError && reason.code === 'OPERATION_CANCELLED'),
  )
  if (first !== undefined) throw first
  if (received !== sizeBytes)
    throw new InputError('IMAGE_LOAD_FAILED', { detail: `${path} changed while it was read` })
  return hash.digest('hex')
}

interface Copy {
  readonly archive: FoundArchive
  readonly directory: string
  readonly copy: string
  readonly tag: string
}

async function loadCopy(
  parts: LoaderParts,
  user: UserAccount,
  copy: Copy,
  watch: Watch | undefined,
): Promise<ImageFacts> {
  const before = await parts.images.listImages(user)
  const names = await runLoad(parts, user, copy, watch)
  const loaded = new Map<string, ImageFacts>()
  for (const name of names) {
    const image = await parts.podman.inspectImage(user, name)
    if (image) loaded.set(image.id, image)
    const owner = before.find(({ references }) => references.includes(name))
    if (owner && owner.id !== image?.id && name !== copy.tag)
      await parts.images.tagImage(user, owner.id, name)
  }
  const [image, ...others] = loaded.values()
  const fresh = [...loaded.keys()].filter((id) => !before.some((known) => known.id === id))
  if (image === undefined || others.length > 0) {
    await parts.images.removeImages(user, fresh)
    const count = `${copy.archive.path} has ${loaded.size} images`
    throw new InputError('IMAGE_LOAD_FAILED', { detail: `${count}; save the one of the gateway only` })
  }
  await parts.images.tagImage(user, image.id, copy.tag)
  return { ...image, reference: copy.tag }
}

/** Runs `podman load`, which unpacks into a directory that goes with the copy, and not without end. */
async function runLoad(
  { runAsUser }: LoaderParts,
  user: UserAccount,
  { archive, directory, copy }: Copy,
  watch: Watch | undefined,
): Promise<string[]> {
  const fileLimit = Math.min(
    MAX_ARCHIVE_BYTES,
    Math.max(MIN_FILE_LIMIT_BYTES, MAX_EXPANSION * archive.sizeBytes),
  )
  const limited = ['env', `TMPDIR=${directory}`, 'prlimit', `--fsize=${fileLimit}`, '--'] as const
  const filled = new AbortController()
  const look = async () => {
    if ((await readDiskFree(user.home)) < RESERVE_BYTES / 2) filled.abort()
  }
  const timer = setInterval(() => void look().catch(() => filled.abort()), DISK_LOOK_MS)
  const signal = watch?.signal ? AbortSignal.any([watch.signal, filled.signal]) : filled.signal
  try {
    const { stdout } = await runAsUser(user, [...limited, 'podman', 'load', '--input', copy], {
      timeoutMs: LOAD_TIMEOUT_MS,
      watch: { ...watch, signal },
    })
    return loadedNames(stdout)
  } catch (error) {
    if (filled.signal.aborted && !watch?.signal?.aborted) {
      const detail = `${archive.path} unpacks to more than ${user.home} has room for`
      throw new HostError('DISK_FULL', { detail, cause: error })
    }
    throw asLoadError(error, archive.path, fileLimit)
  } finally {
    clearInterval(timer)
  }
}

/** @param stdout of `podman load`: a line for each name, or the id of an image without one */
export function loadedNames(stdout: string): string[] {
  return stdout
    .split('\n')
    .flatMap((line) => /^Loaded image(?:\(s\))?: (.+)$/.exec(line.trim())?.[1]?.split(/,\s*/) ?? [])
    .map((name) => name.replace(/^sha256:/, ''))
}

function asLoadError(error: unknown, path: string, fileLimit: number): unknown {
  if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') return error
  const { lastLines, exitCode } = error.failure
  // EFBIG (write(2)), and how Go says that a write came to less.
  const isBomb = lastLines.some((line) => /file too large|short write/i.test(line))
  const size = `${Math.round(fileLimit / GIB)} GiB`
  const why = isBomb ? [`it unpacks to a file of more than ${size}, as no image of this size does`] : []
  const failure = { argv: ['podman', 'load', '--input', path], exitCode, lastLines: [...lastLines, ...why] }
  return new CommandError(failure, 'IMAGE_LOAD_FAILED', error)
}
