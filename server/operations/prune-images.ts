import type { ImageEntry, ImageList } from '../../contract/images.ts'
import { ConflictError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { imageReference, PREVIOUS_TAG } from './ensure-image.ts'
import { requireUser } from './gateway-files.ts'
import type { OperationPlan } from './runner.ts'

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`

/** The images of the gateway's user, and what each is for. SETUP_REQUIRED without a user. */
export async function readImages(host: Host): Promise<ImageList> {
  const { user, settings } = await requireUser(host)
  const { previousImage, imageSwitch } = await host.readState()
  const [listed, current, container] = await Promise.all([
    host.listImages(user),
    host.inspectImage(user, imageReference(settings.image)),
    host.inspectContainer(user, settings.containerName),
  ])
  // An update that was cut off goes back to what it kept.
  const kept = [previousImage?.id, imageSwitch?.from?.id, imageSwitch?.to?.id]
  const images = listed.map((image): ImageEntry => {
    const { id, digest, createdAt, sizeBytes } = image
    const role = id === current?.id ? 'current' : kept.includes(id) ? 'previous' : 'other'
    const isRunning = container?.running === true && container.imageId === id
    // No source for an update, so none to offer: it moves.
    const references = image.references.filter((name) => name !== PREVIOUS_TAG)
    return {
      id,
      references,
      createdAt,
      sizeBytes,
      role,
      isRunning,
      ...(digest === undefined ? {} : { digest }),
    }
  })
  const prunable = images.filter(({ role, isRunning }) => role === 'other' && !isRunning)
  const previous = images.some(({ id }) => id === previousImage?.id) ? previousImage : null
  return { images, previous, prunableBytes: prunable.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
}

/** @param ids as podman prints them, whole or their first 12 digits, with or without sha256: */
export function pruneImages(host: Host, ids: readonly string[]): OperationPlan {
  return {
    kind: 'prune-images',
    steps: [
      {
        id: 'prune-images',
        title: 'Remove the images',
        async run(context) {
          const { user } = await requireUser(host)
          const { images } = await readImages(host)
          const starts = ids.map((id) => id.replace(/^sha256:/, ''))
          const chosen = images.filter(({ id }) => starts.some((start) => id.startsWith(start)))
          const needed = chosen.find(({ role, isRunning }) => role !== 'other' || isRunning)
          if (needed) {
            const what = needed.isRunning ? 'the gateway runs it' : `it is the ${needed.role} image`
            throw new ConflictError('IMAGE_IN_USE', { detail: `${needed.id.slice(0, 12)}: ${what}` })
          }
          const short = chosen.map(({ id }) => id.slice(0, 12))
          context.command(host.describePodman(user, ['rmi', ...short]))
          context.found(`${chosen.length} of ${ids.length} are there`)
          if (chosen.length === 0) return
          await host.removeImages(
            user,
            chosen.map(({ id }) => id),
            context.watch,
          )
          const freed = megabytes(chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
          context.did(`removed ${short.join(', ')}: up to ${freed}`)
        },
      },
    ],
  }
}
