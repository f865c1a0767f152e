/** What podman's command line takes for a name, an image, a path: strict, so that no value can be read as another. */
import { isAbsolutePath } from '../../contract/rules.ts'

/** The grammar of an image reference, or of an image id: reference(7) of containers-common, kept to its safe characters. */
export function isImageReference(reference: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$/.test(reference)
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
