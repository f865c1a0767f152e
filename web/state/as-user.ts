import { knownValue } from './remote.ts'
import { setupPlan } from './settings.ts'
import { shellLine } from './shell-line.ts'
import { status } from './status.ts'

/** A podman command as the gateway's user, as a root shell takes it (docs/facts/podman-and-systemd.md). */
export function podmanLine(words: readonly string[]): string {
  const { name = 'razroom', uid = null } = status.value?.user ?? {}
  // Where the user has no systemd of its own there is no such directory either.
  const hasRuntime = uid !== null && knownValue(setupPlan.value)?.quadletObstacle === undefined
  const runtime = hasRuntime ? ['env', `XDG_RUNTIME_DIR=/run/user/${uid}`] : []
  return `cd / && ${shellLine(['sudo', '-H', '-u', name, ...runtime, 'podman', ...words])}`
}

/** The same for a container that is there, which podman finds without a runtime directory (docs/troubleshooting.md). */
export function containerLine(words: readonly string[]): string {
  const name = status.value?.user.name ?? 'razroom'
  return `cd / && ${shellLine(['sudo', '-u', name, 'podman', ...words])}`
}
