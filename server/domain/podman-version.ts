/** Versions of podman, as `podman --version` writes them: 5.4.2, 4.9.4-rhel, 5.0.0-dev. */

/** `[major, minor]`, or null for what is no version. */
function majorMinor(version: string): readonly [number, number] | null {
  const match = /^v?(\d{1,4})\.(\d{1,4})(?:[.+~-]|$)/.exec(version.trim())
  return match === null ? null : [Number(match[1]), Number(match[2])]
}

/**
 * Whether a podman has what came with another version.
 * @param version of the podman, for example '5.4.2'
 * @param since major and minor of the version that brought it, for example '4.5'
 * @throws {RangeError} one of them is no version
 */
export function isPodmanSince(version: string, since: string): boolean {
  const [has, needs] = [majorMinor(version), majorMinor(since)]
  if (has === null || needs === null) {
    throw new RangeError(`${JSON.stringify(has === null ? version : since)} is no version of podman`)
  }
  return has[0] > needs[0] || (has[0] === needs[0] && has[1] >= needs[1])
}

/** Whether this podman brings Quadlet (docs/facts/podman-and-systemd.md). @throws {RangeError} no version */
export function hasQuadlet(version: string): boolean {
  return isPodmanSince(version, '4.4')
}
