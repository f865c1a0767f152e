/** The gateway in other people's formats, and what each leaves to the reader. */
import type { ExportDocument, ExportFormat } from '../../contract/unit.ts'
import type { ExportVariables } from './export-variables.ts'
import type { GatewaySpec } from './gateway-spec.ts'
import { hasQuadlet } from './podman-version.ts'
import { renderCompose } from './render-compose.ts'
import { kubeName, renderKube } from './render-kube.ts'
import { launchScript } from './render-launch-script.ts'
import { hostAddress } from './render-podman-run.ts'
import { renderQuadlet } from './render-quadlet.ts'
import { renderUserUnit } from './render-user-unit.ts'
import { shellQuote } from './shell-quote.ts'

export interface ExportInput {
  readonly spec: GatewaySpec
  readonly startAtBoot: boolean
  /** Of this host, or null when it has no podman. */
  readonly podmanVersion: string | null
  readonly variables: ExportVariables
  /** The text is to hold the secrets themselves, where the format holds variables at all. */
  readonly withSecrets: boolean
}

/** The oldest podman with Quadlet: what it reads, every later one reads. */
const OLDEST_QUADLET = '4.4.0'

/** @throws {TypeError} a path in the spec that a systemd unit cannot hold */
export function renderExport(format: ExportFormat, input: ExportInput): ExportDocument {
  return { format, ...RENDERERS[format](input) }
}

type Rendered = Omit<ExportDocument, 'format'>

const RENDERERS: Readonly<Record<ExportFormat, (input: ExportInput) => Rendered>> = {
  quadlet({ spec, startAtBoot, podmanVersion }) {
    const isReadHere = podmanVersion !== null && hasQuadlet(podmanVersion)
    const version = isReadHere ? podmanVersion : OLDEST_QUADLET
    const file = `.config/containers/systemd/${spec.name}.container`
    return {
      filename: `${spec.name}.container`,
      text: renderQuadlet(spec, { podmanVersion: version, startAtBoot }),
      notes: [
        isReadHere
          ? `For podman ${version}; later versions read it, earlier ones may not know all of its keys.`
          : `For podman 4.4 and later: ${podmanVersion === null ? 'there is none here' : `podman ${podmanVersion} of this host has no Quadlet`}.`,
        ...unitNotes(spec, file, startAtBoot),
        ...ownFilesNotes(spec),
      ],
    }
  },

  service({ spec, startAtBoot }) {
    const file = `.config/systemd/user/${spec.name}.service`
    const enable = startAtBoot ? [`Once, for the start at boot: systemctl --user enable ${spec.name}`] : []
    return {
      filename: `${spec.name}.service`,
      text: renderUserUnit(spec, { startAtBoot }),
      notes: [...unitNotes(spec, file, startAtBoot), ...enable, ...ownFilesNotes(spec)],
    }
  },

  script({ spec }) {
    return {
      filename: 'run-razroom-podman.sh',
      text: launchScript(spec),
      notes: [
        `Save it as ${spec.paths.launchScript} and run it as ${spec.owner.name}: it starts the gateway, or with the word setup the wizard.`,
        ...ownFilesNotes(spec),
      ],
    }
  },

  kube({ spec, variables }) {
    const ports = spec.publishes.map(
      ({ address, hostPort, containerPort }) =>
        `--publish ${hostAddress(address)}:${hostPort}:${containerPort}`,
    )
    const name = kubeName(spec.name)
    return {
      filename: `${name}.yaml`,
      text: renderKube(spec, variables.values),
      notes: [
        `In a cluster: kubectl apply -f ${name}.yaml. First put the image ${spec.image} into a registry that the cluster reaches, and its name into the file (twice).`,
        `With podman 5: podman kube play --network pasta ${ports.join(' ')} ${name}.yaml, and podman kube down ${name}.yaml to end it.`,
        `The volumes start empty. To move: stop the gateway here, and copy ${mountSource(spec, 'config')} into the volume ${name}-config, ${mountSource(spec, 'workspace')} into ${name}-workspace.`,
        `The Service is for the inside of the cluster. From outside: kubectl port-forward service/${name} ${spec.publishes[0]?.hostPort}:${spec.publishes[0]?.containerPort}`,
        ...variableNotes(variables),
      ],
    }
  },

  compose({ spec, variables, withSecrets }) {
    return {
      filename: 'compose.yaml',
      text: renderCompose(spec, withSecrets ? variables.values : null),
      notes: [
        ...composeCommands(spec, withSecrets),
        'It makes a network, for which podman needs nftables (Debian 13) or iptables (Debian 12).',
        ...(spec.userns === 'auto'
          ? []
          : [
              `podman-compose 1.0.3 of Debian 12 does not read userns_mode: PODMAN_USERNS=${spec.userns} podman-compose up -d. Docker does not know ${spec.userns}: take the line out there, and give the directories to the user that is named.`,
            ]),
        ...(withSecrets
          ? [
              'podman-compose writes the variables onto command lines, where everybody on the machine can read them. Without secrets, the file reads .env instead.',
              ...variableNotes(variables),
            ]
          : [
              `No secret is in it: it reads ${spec.envFile}. Take that file and the directories along to another machine.`,
            ]),
        ownerNote(spec),
      ],
    }
  },
}

/** In full: a user made by setup has no login shell, and others' files are not for it to read. */
function composeCommands(spec: GatewaySpec, withSecrets: boolean): string[] {
  const owner = shellQuote(spec.owner.name)
  const file = shellQuote(`${spec.paths.home}/compose.yaml`)
  const words = `razroom-panel export compose${withSecrets ? ' --secrets' : ''}`
  return [
    `Save it for ${spec.owner.name} alone: sudo ${words} | sudo install --mode=0600 --owner=${owner} /dev/stdin ${file}`,
    `Start it: cd / && sudo -u ${owner} podman-compose -f ${file} up -d`,
  ]
}

function mountSource(spec: GatewaySpec, id: string): string {
  return spec.mounts.find((mount) => mount.id === id)?.source ?? ''
}

function unitNotes(spec: GatewaySpec, file: string, startAtBoot: boolean): string[] {
  return [
    `Save it as ${spec.paths.home}/${file}, owned by ${spec.owner.name}, then as that user: systemctl --user daemon-reload; systemctl --user start ${spec.name}`,
    ...(startAtBoot
      ? [
          `It starts at boot when the user may linger: sudo loginctl enable-linger ${shellQuote(spec.owner.name)}`,
        ]
      : []),
  ]
}

/** For the formats that read `.env` and the directories where they lie. */
function ownFilesNotes(spec: GatewaySpec): string[] {
  return [`No secret is in it: they stay in ${spec.envFile}.`, ownerNote(spec)]
}

function ownerNote(spec: GatewaySpec): string {
  return `The image ${spec.image} has to be in the store of ${spec.owner.name}, and only one gateway may use the directories and ports at a time: stop the one that runs (razroom-panel stop).`
}

function variableNotes({ hidden, leftOut }: ExportVariables): string[] {
  return [
    ...(hidden.length > 0 ? [`Put in what is not in the file: ${hidden.join(', ')}.`] : []),
    ...(leftOut.length > 0
      ? [
          `Left out, for they are no names of variables: ${leftOut.map((name) => JSON.stringify(name)).join(', ')}.`,
        ]
      : []),
  ]
}
