/** What podman's command line takes for a name, an image, a path: strict, so that no value can be read as another. */
import { isAbsolutePath } from '../../contract/rules.ts'

/** The grammar of an image reference, or of an image id: reference(7) of containers-common, kept to its safe characters. */
export function isImageReference(reference: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$/.test(reference)
}

/** One part of an image's name, between slashes (reference(7) of containers-common, after distribution/reference). */
const NAME_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

/** Why podman would refuse this as an image, in words; undefined when it has the form of one. */
export function referenceObstacle(reference: string): string | undefined {
  if (!isImageReference(reference))
    return 'a reference has letters, digits and . _ / : @ - only, and begins with a letter or a digit'
  if (/^[a-z-]+:\/\/|^containers-storage:/i.test(reference))
    return 'leave out what stands before the name of the registry'
  const tagged = reference.replace(/@[a-z0-9+._-]+:[a-zA-Z0-9]+$/, '')
  const [first = '', ...others] = tagged.replace(/:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/, '').split('/')
  // As podman tells a registry from the first part of a name.
  const isRegistry =
    others.length > 0 &&
    (/[.:A-Z]/.test(first) || first === 'localhost') &&
    /^[a-zA-Z0-9.-]+(?::\d{1,5})?$/.test(first)
  const parts = isRegistry ? others : [first, ...others]
  if (parts.every((part) => NAME_PART.test(part))) return undefined
  return parts.some((part) => NAME_PART.test(part.toLowerCase()) && part !== part.toLowerCase())
    ? 'the name of an image has small letters only, but for the registry and the tag'
    : 'this is not REGISTRY/NAME:TAG, such as registry.example/razroom:2026.1'
}

/** The grammar of a container name in podman, with the length of a host name label. */
export function isContainerName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(name)
}

/**
 * A path that podman takes for one: absolute, without the colon that separates the parts of `--volume`, and without the
 * comma and the double quote, which `--env-file` and `--log-opt` read as a list in CSV (podman 4.3 and 5.4 alike).
 */
export function isMountablePath(path: string): boolean {
  return isAbsolutePath(path) && path.isWellFormed() && !/[:,"\p{Cc}]/u.test(path)
}

/** A login name that can stand on a command line and in a comment: no blank, colon or control character, no dash first. */
export function isUserName(name: string): boolean {
  return /^[^\s:/\x00-\x1f\x7f-][^\s:/\x00-\x1f\x7f]{0,31}$/.test(name)
}
