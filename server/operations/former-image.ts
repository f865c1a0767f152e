/** The image that a way back leads to: the one that the gateway was started with last, unless that one never answered. */
import type { Settings } from '../../contract/settings.ts'
import { gatewayAddress } from '../domain/gateway-address.ts'
import type { Host, KeptImage, UserAccount } from '../host/host.ts'
import { imageReference, isPreviousTag, PREVIOUS_TAG } from './ensure-image.ts'
import { publishedAt } from './gateway-container.ts'

/** podman writes ids with and without their algorithm. */
export function isSameImage(id: string, other: string): boolean {
  return id.replace(/^sha256:/, '') === other.replace(/^sha256:/, '')
}

/**
 * The image that the gateway is to go back to when another does not answer; null when there is none. That is the present
 * one, but where that one was put in place and has not been seen to answer, it is the one that was kept before it.
 */
export async function readFormerImage(
  host: Host,
  user: UserAccount,
  settings: Settings,
): Promise<KeptImage | null> {
  const present = await readPresentImage(host, user, settings)
  const { answeredImage, previousImage, previousNames } = await host.readState()
  const isKeptTheLast =
    present &&
    previousImage &&
    answeredImage !== null &&
    isSameImage(previousImage.id, answeredImage) &&
    !isSameImage(present.id, answeredImage)
  if (!isKeptTheLast || !(await host.inspectImage(user, previousImage.id))) return present
  if (await answersNow(host, user, settings)) return present
  const { source, id } = previousImage
  return { source, id, names: previousNames }
}

/** A start that took longer than it was waited for, or one that the panel did not see. */
async function answersNow(host: Host, user: UserAccount, settings: Settings): Promise<boolean> {
  const container = await host.inspectContainer(user, settings.containerName)
  if (!container?.running) return false
  const { address, gateway } = publishedAt(container, settings)
  return (await host.probeGateway(gateway, gatewayAddress(address))).answered
}

/** The image the gateway was started with last; null when there is neither a container nor an image. */
export async function readPresentImage(
  host: Host,
  user: UserAccount,
  settings: Settings,
): Promise<KeptImage | null> {
  const reference = imageReference(settings.image)
  const container = await host.inspectContainer(user, settings.containerName)
  const named = await host.inspectImage(user, reference)
  const image = (container && (await host.inspectImage(user, container.imageId))) ?? named
  if (!image) return null
  const names = image.references.filter((name) => name !== PREVIOUS_TAG)
  // A unit that was edited by hand runs an image of its own: with the source of the settings, a step back would give that
  // one's name to it.
  const ownName = named?.id !== image.id ? container?.imageName : undefined
  const isOwn = ownName !== undefined && ownName !== '' && ownName !== reference && !isPreviousTag(ownName)
  return { source: isOwn ? { kind: 'registry', reference: ownName } : settings.image, id: image.id, names }
}
