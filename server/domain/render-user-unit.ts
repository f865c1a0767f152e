/** The spec as a plain unit of the user's systemd, for a podman without Quadlet (before 4.4). */
import type { GatewaySpec } from './gateway-spec.ts'
import { gatewayArgs } from './render-podman-run.ts'
import { installSection, limitLines, restartLines } from './unit-sections.ts'
import { sealUnit, unitProse, unitWords } from './unit-text.ts'

const PODMAN = '/usr/bin/podman'
/** systemd's specifiers: the user's runtime directory and the name of the unit (systemd.unit(5)). */
const CID_FILE = '%t/%n.ctr-id'

/**
 * The sealed `.service` file. It runs the same `podman run` as everywhere else. The container's id is in a file, so that
 * stopping finds this container and no other (podman-generate-systemd(1)).
 *
 * podman stays in the foreground and is the main process, and systemd waits for no notice (`Type=exec`). Where the kernel
 * also lists control groups of version 1, podman before 4.4 moves itself and conmon out of the unit's group: systemd
 * then takes notices of neither, and a unit that waits for one is ended at the time limit with the gateway in it
 * (measured with 4.3.1 after a reboot). Who starts the unit asks the gateway itself whether it is up.
 *
 * systemd signals podman when ExecStop is through, while podman still takes the container away: SIGTERM would end it with
 * 1 (podman 5), so that a stop by hand read as failed (docs/facts/podman-and-systemd.md). SIGCONT lets it come to its end,
 * and it is not handed on to the container that is gone (--sig-proxy=false); who does not end meets SIGKILL at the time limit.
 *
 * @throws {TypeError} a value that no unit holds safely, see {@link unitWord}
 */
export function renderUserUnit(spec: GatewaySpec, options: { startAtBoot: boolean }): string {
  const inForeground = gatewayArgs(spec).filter((argument) => argument !== '--detach')
  // Attached to one stream, which goes nowhere: the log driver writes both to their file.
  const run = [
    '--cgroups=no-conmon',
    '--rm',
    '--sdnotify=ignore',
    '--sig-proxy=false',
    '--attach=stdout',
    ...inForeground,
  ]
  const sections = [
    [
      '[Unit]',
      unitProse(`Description=Razroom gateway of ${spec.owner.name}`),
      'RequiresMountsFor=%t/containers',
      ...limitLines(),
    ],
    [
      '[Service]',
      'Type=exec',
      'StandardOutput=null',
      // What podman itself has to say, as why it can't start.
      'StandardError=journal',
      // podman labels the container with it: whoever looks at the container knows whose it is.
      'Environment=PODMAN_SYSTEMD_UNIT=%n',
      `ExecStartPre=/bin/rm -f ${CID_FILE}`,
      `ExecStart=${PODMAN} run --cidfile=${CID_FILE} ${unitWords(run)}`,
      `ExecStop=${PODMAN} stop --ignore --time=${spec.stopTimeoutSeconds} --cidfile=${CID_FILE}`,
      // Without a container there is no such file, and podman before 4.4 ends with 125.
      `ExecStopPost=-${PODMAN} rm --force --ignore --cidfile=${CID_FILE}`,
      'KillMode=mixed',
      'KillSignal=SIGCONT',
      ...restartLines(spec),
    ],
    ...installSection(options.startAtBoot),
  ]
  return sealUnit(sections.map((lines) => `${lines.join('\n')}\n`).join('\n'))
}
