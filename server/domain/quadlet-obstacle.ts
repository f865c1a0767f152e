/** Whether the gateway can run as a service of its user's systemd on this machine. */
import type { RuntimeFacts } from './render-containers-conf.ts'

/**
 * What is against running the gateway as a systemd service here, in words for people; undefined when nothing is. The
 * version of podman is not: before 4.4 a plain unit takes the place of Quadlet's (docs/facts/podman-and-systemd.md).
 */
export function quadletObstacle(facts: {
  readonly hasSystemd: boolean
  readonly cgroups: RuntimeFacts['cgroups']
}): string | undefined {
  if (!facts.hasSystemd)
    return 'systemd does not run this machine, so there is nothing that could keep a service'
  if (facts.cgroups !== 'v2') {
    return `this machine has ${facts.cgroups === 'hybrid' ? 'hybrid cgroups' : 'cgroups v1'}; containers as user services need cgroups v2 (boot with systemd.unified_cgroup_hierarchy=1)`
  }
  return undefined
}
