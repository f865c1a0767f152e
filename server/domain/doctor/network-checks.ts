/** Ports, addresses, and what the container reaches of the host. */
import { exposureOf } from '../gateway-address.ts'
import { certain, type Draft, type Verdict, verdict } from './verdict.ts'

export interface Holder {
  readonly address: string
  readonly port: number
  readonly pid?: number
  readonly program?: string
  readonly uid: number
}

export interface PortFacts {
  readonly gatewayPort: number
  readonly bridgePort: number
  readonly publishAddress: string
  /** Who listens on them, without the gateway itself. */
  readonly holders: readonly Holder[]
  readonly hasAddress: boolean
  /** Where the running container publishes the gateway; null when it does not run. */
  readonly published: { readonly address: string; readonly port: number } | null
}

export function checkPorts(facts: PortFacts): Verdict {
  const { gatewayPort, bridgePort, publishAddress, holders, published } = facts
  const findings: Draft[] = holders.map((holder) =>
    certain(
      {
        id: `port.${holder.port}`,
        severity: 'error',
        title: `Port ${holder.port} is taken`,
        evidence: `${describe(holder)} listens on ${holder.address}:${holder.port}`,
        hint: `${howToFree(holder)} ${otherPort(holder.port, bridgePort)}`,
        ...{ page: '/settings' },
      },
      'The gateway cannot be started on it.',
    ),
  )
  const free = [gatewayPort, bridgePort].filter((port) => !holders.some((holder) => holder.port === port))
  const state = published
    ? `the gateway answers for ${published.address}:${published.port}`
    : `free: ${free.join(', ') || 'none'}`
  return verdict(`${publishAddress} ${gatewayPort} and ${bridgePort}; ${state}`, ...findings)
}

/** PID 1 listens for a unit that is started by its first connection, as the panel's own is (systemd.socket(5)). */
function howToFree({ pid, port }: Holder): string {
  if (pid === undefined) return `Find the program: sudo ss -ltnp 'sport = :${port}'.`
  if (pid === 1) return 'systemd listens there for one of its units: sudo systemctl list-sockets tells which.'
  return `End that program (sudo kill ${pid}).`
}

/** A command that can be run as it stands; the ports above 55535 have no other ten thousand above them. */
function otherPort(taken: number, bridgePort: number): string {
  const option = taken === bridgePort ? '--bridge-port' : '--gateway-port'
  const other = taken > 55_535 ? taken - 10_000 : taken + 10_000
  return `Or take another port, in the settings or by: sudo razroom-panel setup ${option} ${other}`
}

function describe({ pid, program, uid }: Holder): string {
  return pid === undefined ? `a process of uid ${uid}` : `${program ?? 'a process'} (pid ${pid}, uid ${uid})`
}

export function checkAddress(facts: PortFacts): Verdict {
  const { publishAddress, hasAddress, published, gatewayPort, bridgePort } = facts
  const findings: Draft[] = []
  if (!hasAddress) {
    findings.push(
      certain(
        {
          id: 'address.missing',
          severity: 'error',
          title: `This machine does not have the address ${publishAddress}`,
          evidence: 'no network interface has it',
          hint: 'Choose another one: sudo razroom-panel setup --publish 127.0.0.1',
        },
        'The gateway cannot be started with it.',
      ),
    )
  }
  const live = published?.address ?? publishAddress
  const exposure = exposureOf(live, [gatewayPort, bridgePort])
  if (exposure !== null) {
    // The settings take such an address only from somebody who confirmed it; a container by hand asked nobody.
    const isAgreed = live === publishAddress
    findings.push(
      certain(
        {
          id: isAgreed ? 'address.exposed' : 'address.unagreed',
          severity: isAgreed ? 'info' : 'warning',
          title: 'Other machines can reach the gateway',
          evidence: exposure,
          hint: isAgreed
            ? 'To close it: sudo razroom-panel setup --publish 127.0.0.1'
            : 'Recreate the container with the address of the settings: sudo razroom-panel restart',
          ...(isAgreed
            ? {}
            : {
                fix: {
                  label: 'Recreate it with the address of the settings',
                  preview: `publish ${live} -> ${publishAddress}`,
                },
              }),
        },
        'Whoever has the token can use it from there.',
      ),
    )
  }
  return verdict(`published on ${live}`, ...findings)
}

/** What is known of the network of a container, or of a unit that will make one. */
export interface NetworkFacts {
  /** podman's word, for example pasta. */
  readonly mode: string | undefined
  /** The command line that made the container. */
  readonly command: readonly string[]
  /** Text of the unit and its drop-ins, where somebody edited them. */
  readonly unitText: string
}

/** Networks in which 127.0.0.1 of the host can be reached from inside (docs/facts/podman-and-systemd.md). */
const REACHING =
  /^host$|allow_host_loopback=true|--map-gw|--map-host-loopback(?![,=]none)|(?:^|[:,])(?:-T|--tcp-ns)(?:[,=]|$)/

export function checkHostLoopback({ mode, command, unitText }: NetworkFacts): Verdict {
  const ofContainer = [mode ?? '', ...networksOf(command)].filter((one) => one !== '')
  const ofUnit = networksOfUnit(unitText)
  const asked = [...new Set([...ofContainer, ...ofUnit])]
  const said = asked.length === 0 ? 'podman’s own default' : asked.join(', ')
  const reaching = asked.find((one) => REACHING.test(one))
  if (reaching === undefined) return verdict(said)
  // A unit that asks for it would make it again: that is a matter of the unit.
  const isOfUnit = ofUnit.some((one) => REACHING.test(one))
  const fix = {
    label: 'Recreate it with a network of its own',
    preview: `network ${reaching} -> podman’s default`,
  }
  return verdict(
    said,
    certain(
      {
        id: 'network.host-loopback',
        severity: 'error',
        title: 'The container reaches the host’s own 127.0.0.1',
        evidence: `its network is ${reaching}`,
        ...(isOfUnit
          ? { hint: 'Take that out of the unit or its drop-in, then: sudo razroom-panel restart' }
          : { fix }),
      },
      'A program in the container can talk to the panel and to every service that trusts this machine.',
    ),
  )
}

/** Values of --network and --net (podman-run(1)). */
function networksOf(command: readonly string[]): string[] {
  return command.flatMap((word, index) => {
    const attached = /^--net(?:work)?=(.*)$/s.exec(word)?.[1]
    const next = word === '--network' || word === '--net' ? command[index + 1] : undefined
    const value = attached ?? next
    return value === undefined ? [] : [value]
  })
}

function networksOfUnit(text: string): string[] {
  const words = text.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = /^\s*(Network|PodmanArgs|ExecStart)\s*=\s*(.*)$/.exec(line) ?? []
    return key === 'Network' ? [`--network=${value.trim()}`] : value.split(/\s+/)
  })
  return networksOf(words)
}
