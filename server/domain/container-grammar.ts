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

/** A path that `--volume` takes for one part: absolute, without the colon that separates the parts (podman-run(1)). */
export function isMountablePath(path: string): boolean {
  return isAbsolutePath(path) && !path.includes(':')
}

/** A login name that can stand on a command line and in a comment: no blank, colon or control character, no dash first. */
export function isUserName(name: string): boolean {
  return /^[^\s:/\x00-\x1f\x7f-][^\s:/\x00-\x1f\x7f]{0,31}$/.test(name)
}
