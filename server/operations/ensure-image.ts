import type { ImageSource } from '../../contract/settings.ts'
import { referenceObstacle } from '../domain/container-grammar.ts'
import { HostError, InputError, PanelError, SetupError } from '../errors.ts'
import type { ArchiveRecord, Host, ImageFacts, UserAccount } from '../host/host.ts'
import { requireUser } from './gateway-files.ts'
import type { Step, StepContext } from './runner.ts'

/** The name of the image that a step back brings, so that `podman image prune` leaves it alone. */
export const PREVIOUS_TAG = 'localhost/razroom:previous'
/** What podman takes before a name (containers-transports(5)). */
const TRANSPORT = /^(containers-storage:|docker:\/\/)/

/** The name under which the image of a source lies in the user's store. */
export function imageReference(source: ImageSource): string {
  switch (source.kind) {
    case 'bundled':
      return 'localhost/razroom-bundled:local'
    case 'repo':
      return 'localhost/razroom:local'
    case 'archive':
      return 'localhost/razroom:archive'
    case 'registry':
      return source.reference
  }
}

/** How the panel names files that were sent to it. */
const UPLOAD_PATH = /\/uploads\/upload-[0-9a-f]{32}$/

/** What people call the image of this source. */
export function imageLabel(source: ImageSource): string {
  switch (source.kind) {
    case 'bundled':
      return 'bundled gateway'
    case 'repo':
      return `built from ${source.path}`
    case 'archive':
      return UPLOAD_PATH.test(source.path) ? 'loaded from an uploaded archive' : `loaded from ${source.path}`
    case 'registry':
      return source.reference
  }
}

/** Label on an image the panel built: what it was built from. */
export const SOURCE_LABEL = 'io.razroom.panel.source'
const KEPT_ARCHIVES = 8
/** What a build takes for the time of it; the image of Razroom is 1 GB, and its build some times that. */
const BUILD_BYTES = { repo: 4_000_000_000, bundled: 500_000_000 } as const
/** Below this, a build of Razroom itself has been seen to be killed. */
const BUILD_MEMORY_BYTES = 4_000_000_000

/** How an image is brought; `again`: also when it is there, as an update wants it. */
interface Bringing {
  readonly host: Host
  readonly user: UserAccount
  readonly context: StepContext
  readonly again: boolean
}

/**
 * Looks whether the source can be used at all, before anything is changed for it.
 * @throws InputError REQUEST_INVALID for what is no reference, and for the name that updates and steps back move, REPO_NOT_FOUND, DOCKERFILE_MISSING, ARCHIVE_NOT_FOUND; SetupError BUNDLED_IMAGE_MISSING
 */
export async function checkImageSource(host: Host, source: ImageSource): Promise<void> {
  if (source.kind === 'registry') {
    refuseMovingName(source.reference)
    refuseMalformed(source.reference)
    return
  }
  if (source.kind !== 'archive') {
    await host.fingerprintSource(source)
    return
  }
  const { settings } = await host.readState()
  const user = settings ? await host.findUser(settings.user) : null
  const known = user ? await findLoaded(host, user, source.path) : null
  await readArchive(host, source.path, known !== null)
}

/** podman itself would say it only when the backup is made, and in words of its own. */
function refuseMalformed(reference: string): void {
  const obstacle = referenceObstacle(reference)
  if (obstacle === undefined) return
  throw new InputError('REQUEST_INVALID', {
    detail: `${reference} is not the name of an image: ${obstacle}`,
    fields: [{ path: 'body.image.reference', message: obstacle }],
  })
}

/** An update gives that name to the image it replaces: as a source, it would be another image at every switch. */
function refuseMovingName(reference: string): void {
  if (!isPreviousTag(reference)) return
  throw new InputError('REQUEST_INVALID', {
    detail: `${PREVIOUS_TAG} is the panel's own name for the image before the last update, and moves with each: to run that image, use razroom-panel rollback; for good, give it another name with podman tag`,
  })
}

/**
 * Whether podman takes this for {@link PREVIOUS_TAG}: also with a transport, with a digest, or without localhost/, where
 * it looks first for a short name (podman-run(1), IMAGE).
 */
export function isPreviousTag(reference: string): boolean {
  const name = reference.replace(TRANSPORT, '').replace(/@.*$/, '')
  return name.replace(/^localhost\//i, '') === PREVIOUS_TAG.replace('localhost/', '')
}

/** The step that sees to it that the image of the settings is there: as it is, where the same input would make the same. */
export function imageStep(host: Host): Step {
  return {
    id: 'ensure-image',
    title: 'Provide the image',
    async run(context) {
      const { user, settings } = await requireUser(host)
      await bringImage({ host, user, context, again: false }, settings.image)
    },
  }
}

/** Builds, pulls or loads the image of the source, and says what it found and did. */
export function bringImage(bringing: Bringing, source: ImageSource): Promise<ImageFacts> {
  switch (source.kind) {
    case 'registry':
      return pull(bringing, source.reference)
    case 'archive':
      return load(bringing, source.path)
    default:
      return build(bringing, source)
  }
}

function describe(image: ImageFacts): string {
  return `${image.id.replace('sha256:', '').slice(0, 12)}, ${Math.round(image.sizeBytes / 1_000_000)} MB`
}

async function build(
  { host, user, context, again }: Bringing,
  source: Extract<ImageSource, { kind: 'bundled' | 'repo' }>,
): Promise<ImageFacts> {
  const tag = imageReference(source)
  const [fingerprint, present] = await Promise.all([
    host.fingerprintSource(source),
    host.inspectImage(user, tag),
  ])
  const directory = source.kind === 'repo' ? source.path : 'the bundled gateway'
  const buildArgs = source.kind === 'repo' ? Object.entries(source.buildArgs ?? {}) : []
  const options = buildArgs.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  const where = source.kind === 'repo' ? source.path : '.'
  context.command(host.describePodman(user, ['build', ...options, '--tag', tag, where]))
  const isSame = present?.labels[SOURCE_LABEL] === fingerprint
  if (present && isSame && !again) {
    context.found(`${tag} is there, built from the same files of ${directory}`)
    return present
  }
  const found = present
    ? `${tag} was built from ${isSame ? 'the same' : 'other'} files`
    : `${tag} is not there`
  context.found([found, ...(await checkBuildRoom(host, user, source.kind))].join('; '))
  const image = await host.buildImage(user, { source, tag }, context.watch)
  if (image.id !== present?.id) context.did(`built ${tag} (${describe(image)})`)
  return image
}

/** DISK_FULL when the disk cannot hold a build; a warning where the memory is small. */
async function checkBuildRoom(host: Host, user: UserAccount, kind: 'repo' | 'bundled'): Promise<string[]> {
  const [free, { memoryBytes }] = await Promise.all([host.readDiskFree(user.home), host.readFacts()])
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  if (free < BUILD_BYTES[kind]) {
    throw new HostError('DISK_FULL', {
      detail: `${user.home} has ${gigabytes(free)} left, and a build takes about ${gigabytes(BUILD_BYTES[kind])}`,
    })
  }
  if (kind === 'bundled' || memoryBytes >= BUILD_MEMORY_BYTES) return []
  const wanted = gigabytes(BUILD_MEMORY_BYTES)
  return [
    `this machine has ${gigabytes(memoryBytes)} of memory, and a build of Razroom wants about ${wanted}`,
  ]
}

async function pull({ host, user, context, again }: Bringing, reference: string): Promise<ImageFacts> {
  const present = await host.inspectImage(user, reference)
  // Such a name was given on this machine: no registry has it.
  const isLocal = reference.startsWith('localhost/')
  context.command(host.describePodman(user, ['pull', reference]))
  if (present && (isLocal || !again)) {
    context.found(`${reference} is there (${describe(present)})`)
    return present
  }
  if (isLocal) {
    throw new SetupError('IMAGE_MISSING', {
      detail: `${user.name} has no image ${reference}, and names of localhost are never pulled`,
    })
  }
  context.found(present ? `${reference} is there (${describe(present)})` : `${reference} is not there`)
  const image = await host.pullImage(user, reference, context.watch)
  if (image.id !== present?.id) context.did(`pulled ${reference} (${describe(image)})`)
  return image
}

async function load({ host, user, context, again }: Bringing, path: string): Promise<ImageFacts> {
  const tag = imageReference({ kind: 'archive', path })
  const known = await findLoaded(host, user, path)
  const archive = await readArchive(host, path, known !== null)
  context.command(host.describePodman(user, ['load', '--input', path]))
  if (known && (archive === null || (!again && archive.stamp === known.record.stamp))) {
    const why = archive === null ? 'the file is gone, its image is here' : 'the same file was loaded'
    context.found(`${path}: ${why} (${describe(known.image)})`)
    const present = await host.inspectImage(user, tag)
    if (present?.id === known.image.id) return present
    await host.tagImage(user, known.image.id, tag)
    context.did(`gave the image loaded from ${path} its name ${tag} back`)
    return { ...known.image, reference: tag }
  }
  context.found(`${path} has ${Math.round((archive?.sizeBytes ?? 0) / 1_000_000)} MB`)
  const before = await host.inspectImage(user, tag)
  const loaded = await host.loadArchive(user, path, tag, context.watch)
  const { stamp, sha256 } = loaded.archive
  const record: ArchiveRecord = { path, stamp, sha256, imageId: loaded.image.id }
  const { loadedArchives } = await host.readState()
  const others = loadedArchives.filter((other) => other.path !== path)
  await host.updateState({ loadedArchives: [record, ...others].slice(0, KEPT_ARCHIVES) })
  await host.removeUpload(path)
  if (before?.id !== loaded.image.id)
    context.did(`loaded ${tag} (${describe(loaded.image)}) of an archive with sha256 ${sha256.slice(0, 12)}`)
  return loaded.image
}

/** The image that was loaded from this path, if it is still there. */
async function findLoaded(
  host: Host,
  user: UserAccount,
  path: string,
): Promise<{ record: ArchiveRecord; image: ImageFacts } | null> {
  const record = (await host.readState()).loadedArchives.find((other) => other.path === path)
  const image = record ? await host.inspectImage(user, record.imageId) : null
  return record && image ? { record, image } : null
}

/** @returns null for a file that is gone, where that is no fault: an upload goes once it was loaded */
async function readArchive(host: Host, path: string, mayBeGone: boolean) {
  try {
    return await host.readArchive(path)
  } catch (error) {
    if (mayBeGone && error instanceof PanelError && error.code === 'ARCHIVE_NOT_FOUND') return null
    throw error
  }
}
