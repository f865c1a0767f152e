/** The images of the gateway's user: pulled, named, listed, removed; always by podman as that user. */
import Type from 'typebox'
import { CommandError, ConflictError, HostError } from '../errors.ts'
import type { ImageFacts, UserAccount, Watch } from './host.ts'
import type { LoadArchive } from './image-archive.ts'
import type { Podman } from './podman.ts'
import { parsePodman } from './podman-output.ts'
import { explainPullFailure } from './pull-failure.ts'
import { authFileOf } from './registries.ts'
import type { RunAsUser } from './run-as-user.ts'

const QUERY_TIMEOUT_MS = 60_000
/** Some GB over a slow line. */
const PULL_TIMEOUT_MS = 4 * 3_600_000
/** Removing the layers of a large image on a slow disk. */
const REMOVE_TIMEOUT_MS = 900_000
/** `podman rmi`: a container or another image uses it (podman-rmi(1), exit codes). */
const IN_USE = 2

export interface ListedImage {
  readonly id: string
  /** All its names, for example localhost/razroom:local; empty for one that lost its name. */
  readonly references: readonly string[]
  /** sha256:... of the manifest, where a registry gave it. */
  readonly digest?: string
  readonly createdAt: string
  readonly sizeBytes: number
}

export interface Images extends LoadArchive {
  /** Asks the registry, also when the image is there. IMAGE_PULL_FAILED with what it means. */
  pullImage(user: UserAccount, reference: string, watch?: Watch): Promise<ImageFacts>
  /** Gives an image a name; another image loses it. @param id of the image, or another name of it */
  tagImage(user: UserAccount, id: string, reference: string): Promise<void>
  /** Newest first; empty while podman has not been run for this user. */
  listImages(user: UserAccount): Promise<readonly ListedImage[]>
  /** Never by force: IMAGE_IN_USE for one that a container, also a stopped one, was made from. */
  removeImages(user: UserAccount, ids: readonly string[], watch?: Watch): Promise<void>
}

/** `podman images --format json`: one entry for each name, the image with all its names in each. */
const Listing = Type.Array(
  Type.Object({
    Id: Type.String(),
    Names: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
    RepoDigests: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
    Size: Type.Integer(),
    Created: Type.Integer({ description: 'seconds' }),
  }),
)

/** @param text output of `podman images --format json` */
export function parseImageList(text: string): ListedImage[] {
  const images = new Map<string, ListedImage>()
  for (const entry of parsePodman(Listing, text, 'podman images')) {
    const pulled = (entry.RepoDigests ?? []).find((name) => !name.startsWith('localhost/'))
    images.set(entry.Id, {
      id: entry.Id,
      references: (entry.Names ?? []).toSorted(),
      ...(pulled === undefined ? {} : { digest: pulled.slice(pulled.indexOf('@') + 1) }),
      createdAt: new Date(entry.Created * 1000).toISOString(),
      sizeBytes: entry.Size,
    })
  }
  return [...images.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

export interface ImagesParts {
  readonly runAsUser: RunAsUser
  readonly podman: Pick<Podman, 'inspectImage'>
  /** Whether podman may be run for the user already; see createPodman. */
  readonly isPrepared: (user: UserAccount) => Promise<boolean>
  readonly hasUserFile: (user: UserAccount, path: string) => Promise<boolean>
}

export type ImageVerbs = Omit<Images, keyof LoadArchive>

export function createImages({ runAsUser, podman, isPrepared, hasUserFile }: ImagesParts): ImageVerbs {
  const query = async (user: UserAccount, args: readonly string[]) =>
    (await runAsUser(user, ['podman', ...args], { timeoutMs: QUERY_TIMEOUT_MS })).stdout
  const listImages = async (user: UserAccount) =>
    (await isPrepared(user)) ? parseImageList(await query(user, ['images', '--format', 'json'])) : []
  return {
    async pullImage(user, reference, watch) {
      const authFile = authFileOf(user)
      const login = (await hasUserFile(user, authFile)) ? [`--authfile=${authFile}`] : []
      try {
        await runAsUser(user, ['podman', 'pull', ...login, '--', reference], {
          timeoutMs: PULL_TIMEOUT_MS,
          watch,
        })
      } catch (error) {
        throw asPullError(error, reference)
      }
      const image = await podman.inspectImage(user, reference)
      if (image) return image
      throw new HostError('IMAGE_PULL_FAILED', { detail: `podman pulled ${reference}, but does not have it` })
    },
    async tagImage(user, id, reference) {
      await query(user, ['tag', '--', id, reference])
    },
    listImages,
    async removeImages(user, ids, watch) {
      const used = (await query(user, ['ps', '--all', '--no-trunc', '--format', '{{.ImageID}}'])).split('\n')
      const images = await listImages(user)
      const busy = ids.find((id) => used.includes(id))
      if (busy !== undefined) {
        throw new ConflictError('IMAGE_IN_USE', { detail: `a container was made from ${busy.slice(0, 12)}` })
      }
      for (const id of ids) {
        const image = images.find((candidate) => candidate.id === id)
        // By its names one after the other: by its id podman refuses one with several.
        if (image) await removeOne(runAsUser, user, image, watch)
      }
    },
  }
}

async function removeOne(
  runAsUser: RunAsUser,
  user: UserAccount,
  { id, references }: ListedImage,
  watch?: Watch,
): Promise<void> {
  const names = references.length > 0 ? references : [id]
  try {
    await runAsUser(user, ['podman', 'rmi', '--', ...names], { timeoutMs: REMOVE_TIMEOUT_MS, watch })
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure.exitCode !== IN_USE) throw error
    throw new ConflictError('IMAGE_IN_USE', { detail: error.failure.lastLines.join(' | '), cause: error })
  }
}

function asPullError(error: unknown, reference: string): unknown {
  if (!(error instanceof CommandError) || error.code !== 'COMMAND_FAILED') return error
  const { lastLines } = error.failure
  const meaning = explainPullFailure(lastLines, reference)
  if (meaning === null) return new CommandError(error.failure, 'IMAGE_PULL_FAILED', error)
  return new HostError('IMAGE_PULL_FAILED', {
    detail: `${meaning} podman says: ${lastLines.at(-1)}`,
    ...(error.command === undefined ? {} : { command: error.command }),
    cause: error,
  })
}
