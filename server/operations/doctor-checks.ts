/** The checks of the doctor that look at the gateway's user and its network: where they look, and what they make of that. */

import {
  checkAddress,
  checkHostLoopback,
  checkPorts,
  type PortFacts,
} from '../domain/doctor/network-checks.ts'
import { checkFiles, checkIdRanges, checkLinger, checkUserManager } from '../domain/doctor/user-checks.ts'
import { certain, type Verdict, verdict } from '../domain/doctor/verdict.ts'
import { shellQuote } from '../domain/shell-quote.ts'
import { PanelError } from '../errors.ts'
import type { Look, Patient } from './doctor-look.ts'
import { publishedAt } from './gateway-container.ts'

/** Says why it does not apply here. */
export class Skip {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export interface Check {
  readonly id: string
  readonly title: string
  /** It takes long, or does more than look: only when it is asked for. */
  readonly isSlow?: true
  /** The command or the path that shows a person the same. */
  looked(patient: Patient | null): string
  run(look: Look): Promise<Verdict | Skip>
}

export const NOT_SET_UP = new Skip('there is no gateway yet')
export const NO_SYSTEMD = new Skip('systemd does not run this machine')
/** As deep as the files lie that the gateway needs for its start. */
const NEAR = 3
const ALL = 40

/** Runs with the gateway as the settings have it, or not at all. */
export function ofPatient(
  run: (look: Look, patient: Patient) => Promise<Verdict | Skip>,
): (look: Look) => Promise<Verdict | Skip> {
  return async (look) => {
    const patient = await look.patient()
    return patient ? run(look, patient) : NOT_SET_UP
  }
}

export const podmanCommand = (patient: Patient | null, rest: string): string =>
  `cd / && sudo -u ${patient?.user.name ?? 'razroom'} podman ${rest}`

export const USER_CHECKS: readonly Check[] = [
  {
    id: 'subids',
    title: 'Subordinate ids of the gateway’s user',
    looked: (patient) => `grep ^${patient?.user.name ?? 'razroom'}: /etc/subuid /etc/subgid`,
    run: ofPatient(async ({ host }, { user }) => {
      const [subuid, subgid] = await Promise.all([host.readIdRanges('subuid'), host.readIdRanges('subgid')])
      return checkIdRanges(user, subuid, subgid)
    }),
  },
  {
    id: 'linger',
    title: 'Services that stay without a login',
    looked: (patient) => `loginctl show-user ${patient?.user.name ?? 'razroom'} --property=Linger`,
    run: ofPatient(async (look, { user, settings }) => {
      if (!(await look.facts()).hasSystemd) return NO_SYSTEMD
      return checkLinger(user, await look.host.hasLinger(user), settings.mode)
    }),
  },
  {
    id: 'user-manager',
    title: 'The user’s own systemd',
    looked: (patient) => `systemctl status user@${patient?.user.uid ?? 'UID'}.service`,
    run: ofPatient(async (look, { user, settings }) => {
      if (!(await look.facts()).hasSystemd) return NO_SYSTEMD
      return checkUserManager(user, await look.hasManager(), settings.mode)
    }),
  },
  {
    id: 'podman-use',
    title: 'podman, used as the gateway’s user',
    looked: (patient) =>
      podmanCommand(patient, `container inspect ${patient?.settings.containerName ?? 'razroom'}`),
    run: ofPatient(async (look) => {
      try {
        const container = await look.container()
        return verdict(container ? `it answers: the container is ${container.status}` : 'it answers')
      } catch (error) {
        if (!(error instanceof PanelError)) throw error
        const evidence = error.detail ?? error.message
        const finding = {
          id: 'podman.unusable',
          severity: 'error',
          title: 'podman fails for the gateway’s user',
          evidence,
          hint: 'Its own words say why. After a change of the ids: podman system migrate, as that user.',
        } as const
        return verdict('it fails', certain(finding, 'The gateway can neither be seen nor started.'))
      }
    }),
  },
  filesCheck('files', 'Owner and modes of the gateway’s files', NEAR),
  { ...filesCheck('all-files', 'Owner of every file of the gateway', ALL), isSlow: true },
]

function filesCheck(id: string, title: string, depth: number): Check {
  return {
    id,
    title,
    looked: (patient) =>
      `sudo find ${shellQuote(patient?.paths.configDir ?? '/home/razroom/.razroom')} -maxdepth ${depth} -ls`,
    run: ofPatient(async (look, { user, paths }) => checkFiles(user, paths, await look.oddFiles(depth))),
  }
}

async function readPorts(look: Look, { settings }: Patient): Promise<PortFacts> {
  const [holders, container, hasAddress] = await Promise.all([
    look.holders(),
    look.container(),
    look.host.hasAddress(settings.publishAddress),
  ])
  const { gatewayPort, bridgePort, publishAddress } = settings
  // In the host's own network the gateway itself listens on them, as any program of its user would.
  const isHostNetwork = container?.running === true && container.networkMode === 'host'
  const live = container?.running ? publishedAt(container, settings) : null
  const published = live ? { address: live.address, port: live.gateway } : null
  return {
    gatewayPort,
    bridgePort,
    publishAddress,
    holders: isHostNetwork ? [] : holders,
    hasAddress,
    published,
  }
}

export const NETWORK_CHECKS: readonly Check[] = [
  {
    id: 'ports',
    title: 'The ports of the gateway',
    looked: (patient) =>
      `sudo ss -ltnp | grep -E ':(${patient?.settings.gatewayPort ?? 18_789}|${patient?.settings.bridgePort ?? 18_790}) '`,
    run: ofPatient(async (look, patient) => checkPorts(await readPorts(look, patient))),
  },
  {
    id: 'address',
    title: 'Who can reach the gateway',
    looked: () => 'ip -brief address',
    run: ofPatient(async (look, patient) => checkAddress(await readPorts(look, patient))),
  },
  {
    id: 'network',
    title: 'What the container reaches of the host',
    looked: (patient) =>
      podmanCommand(
        patient,
        `container inspect --format '{{.HostConfig.NetworkMode}} {{.Config.CreateCommand}}' ${patient?.settings.containerName ?? 'razroom'}`,
      ),
    run: ofPatient(async (look, { settings }) => {
      const container = await look.container()
      const unitText = settings.mode === 'quadlet' ? await look.unitText() : ''
      if (!container && unitText === '') return new Skip('there is no container and no unit')
      return checkHostLoopback({
        mode: container?.networkMode,
        command: container?.createCommand ?? [],
        unitText,
      })
    }),
  },
]
