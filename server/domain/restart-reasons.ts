/** What a restart would bring into effect: the container that is there, held against what is wanted now. */
import { isSecretPiece, NAMELESS } from './env-view.ts'
import { type GatewaySpec, LABELS } from './gateway-spec.ts'

/** What is known of a container, as podman tells it. */
export interface StartedContainer {
  readonly labels: Readonly<Record<string, string>>
  readonly imageId: string
  /** As the command line or the unit named it. */
  readonly imageName: string
  /** KEY=value, all it was given: by the image, by `.env`, on the command line. */
  readonly env: readonly string[]
  readonly ports: ReadonlyArray<{ containerPort: number; hostAddress: string; hostPort: number }>
  /** The command line that made it; empty when unknown. */
  readonly createCommand: readonly string[]
}

export interface WantedContainer {
  readonly spec: GatewaySpec
  /** `.env` as podman reads it now. */
  readonly env: ReadonlyMap<string, string>
  /** The image that `spec.image` names now; null when there is none. */
  readonly image: { readonly id: string; readonly env: readonly string[] } | null
  /** False where the container follows a unit that was written by hand: its settings are the unit's. */
  readonly followsSpec: boolean
}

/** Variables that podman sets by itself (podman-run(1), ENVIRONMENT). */
const PODMAN_VARIABLES = new Set(['HOSTNAME', 'HOME', 'PATH', 'TERM', 'container'])
/** Of a long list of variables so many are named. */
const NAMED_VARIABLES = 5

/** In words for people; empty when a restart would change nothing. */
export function restartReasons(container: StartedContainer, wanted: WantedContainer): string[] {
  return [
    ...(wanted.followsSpec ? specReasons(container, wanted.spec) : []),
    ...envReasons(container, wanted),
    ...imageReasons(container, wanted),
  ]
}

function specReasons({ labels, ports }: StartedContainer, spec: GatewaySpec): string[] {
  if (labels[LABELS.spec] === undefined) return ['the container was not created by the panel']
  const reasons = spec.publishes.flatMap(({ id, address, hostPort, containerPort }) => {
    const running = ports.find((port) => port.containerPort === containerPort)
    if (!running) return [`the ${id} port is not published`]
    const old = anyAddress(running.hostAddress)
    return [
      ...(running.hostPort === hostPort ? [] : [`${id} port ${running.hostPort} -> ${hostPort}`]),
      ...(old === anyAddress(address) || id === 'bridge' ? [] : [`publish address ${old} -> ${address}`]),
    ]
  })
  const isSameImageName = labels[LABELS.image] === spec.image
  if (!isSameImageName) reasons.push(`image ${labels[LABELS.image] ?? 'unknown'} -> ${spec.image}`)
  if (reasons.length === 0 && labels[LABELS.spec] !== spec.labels[LABELS.spec])
    reasons.push('the settings of the container were changed')
  return reasons
}

/** podman tells all addresses as '' or as 0.0.0.0, by its version. */
function anyAddress(address: string): string {
  return address === '' ? '0.0.0.0' : address
}

function imageReasons(container: StartedContainer, { spec, image, followsSpec }: WantedContainer): string[] {
  // A unit that was written by hand may name an image of its own: then a restart brings that again.
  const name = followsSpec ? container.labels[LABELS.image] : container.imageName
  const isSameImageName = name === spec.image
  const isOther = image !== null && bareId(container.imageId) !== bareId(image.id)
  return isSameImageName && isOther ? ['there is a new image'] : []
}

/**
 * The variables of `.env` that the container was started without, or with another value. What the command line or the
 * image sets, too, is not held against `.env`.
 */
function envReasons(container: StartedContainer, { spec, env, image }: WantedContainer): string[] {
  const running = new Map(container.env.map(splitPair))
  const own = new Set([...Object.keys(spec.env), ...variablesOf(container.createCommand)])
  const fromImage = new Map((image?.env ?? []).map(splitPair))
  const added: string[] = []
  const changed: string[] = []
  for (const [key, value] of env) {
    const old = running.get(key)
    // Bytes that are no UTF-8 come back from podman as something else.
    if (own.has(key) || old === value || value.includes('�')) continue
    if (old === undefined || fromImage.get(key) === old) added.push(nameOf(key, value))
    else changed.push(nameOf(key, value))
  }
  const removed = [...running]
    .filter(([key]) => !env.has(key) && !own.has(key) && !fromImage.has(key) && !PODMAN_VARIABLES.has(key))
    .map(([key, value]) => nameOf(key, value))
  const parts = [
    ...(added.length > 0 ? [`${listed(added)} added`] : []),
    ...(changed.length > 0 ? [`${listed(changed)} changed`] : []),
    ...(removed.length > 0 ? [`${listed(removed)} removed`] : []),
  ]
  return parts.length > 0 ? [`.env was changed since the start: ${parts.join('; ')}`] : []
}

/** Of a key over several lines podman makes a name, too: it is not told. */
function nameOf(key: string, value: string): string {
  return isSecretPiece(key, value) ? NAMELESS : key
}

function listed(all: readonly string[]): string {
  const keys = [...new Set(all)]
  const more = keys.length - NAMED_VARIABLES
  const named = keys.slice(0, NAMED_VARIABLES).join(', ')
  return more > 0 ? `${named} and ${more} more` : named
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

/** The variables that a podman command line sets by -e and --env (podman-run(1)). */
function variablesOf(command: readonly string[]): string[] {
  return command.flatMap((word, index) => {
    const pair =
      /^--env=(.*)$/s.exec(word)?.[1] ?? (word === '-e' || word === '--env' ? command[index + 1] : undefined)
    return pair === undefined ? [] : [splitPair(pair)[0]]
  })
}

/** podman writes ids with and without their algorithm. */
function bareId(id: string): string {
  return id.replace(/^sha256:/, '')
}
