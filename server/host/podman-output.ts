/** What podman prints, as far as the panel reads it: fits 4.3 to 5.x, and is checked, never cast. */
import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { HostError } from '../errors.ts'
import type { ContainerEvent, ContainerFacts, ImageFacts, PublishedPort } from './host.ts'

const StringMap = Type.Record(Type.String(), Type.String())
const MapOrNull = Type.Optional(Type.Union([StringMap, Type.Null()]))

const Strings = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]))
/** '18789/tcp' -> where on the host. */
const Bindings = Type.Record(
  Type.String(),
  Type.Union([
    Type.Array(Type.Object({ HostIp: Type.Optional(Type.String()), HostPort: Type.String() })),
    Type.Null(),
  ]),
)

/** `podman container inspect`. */
const Containers = Type.Array(
  Type.Object({
    Id: Type.String(),
    Name: Type.String(),
    State: Type.Object({
      Status: Type.String(),
      Running: Type.Boolean(),
      Pid: Type.Integer(),
      ExitCode: Type.Integer(),
      OOMKilled: Type.Boolean(),
      StartedAt: Type.String(),
      FinishedAt: Type.String(),
      StoppedByUser: Type.Optional(Type.Boolean()),
    }),
    Image: Type.String(),
    ImageName: Type.String(),
    Config: Type.Object({
      Labels: MapOrNull,
      Env: Strings,
      CreateCommand: Strings,
    }),
    HostConfig: Type.Object({
      LogConfig: Type.Object({ Type: Type.String(), Path: Type.Optional(Type.String()) }),
      PortBindings: Type.Optional(Type.Union([Bindings, Type.Null()])),
      NetworkMode: Type.Optional(Type.String()),
    }),
  }),
)

/** `podman image inspect`. */
const Images = Type.Array(
  Type.Object({
    Id: Type.String(),
    Created: Type.String(),
    Size: Type.Integer(),
    Labels: MapOrNull,
    RepoTags: Strings,
    RepoDigests: Strings,
    Config: Type.Optional(Type.Union([Type.Object({ Env: Strings }), Type.Null()])),
  }),
)

const IdMap = Type.Union([Type.Array(Type.Object({ size: Type.Integer() })), Type.Null()])

/** `podman info`. */
export const PodmanInfo = Type.Object({
  host: Type.Object({
    cgroupVersion: Type.String(),
    idMappings: Type.Optional(Type.Object({ uidmap: IdMap, gidmap: IdMap })),
    ociRuntime: Type.Object({ name: Type.String() }),
  }),
  store: Type.Object({ graphRoot: Type.String(), graphDriverName: Type.String() }),
})

/** One line of `podman events --format json`; the time is `Time` (ISO) in 4.x, `time` in seconds and `timeNano` in 5.x. */
const EventLine = Type.Object({
  Name: Type.String(),
  Status: Type.String(),
  Time: Type.Optional(Type.String()),
  timeNano: Type.Optional(Type.Number()),
})

/** @throws {HostError} COMMAND_FAILED when the text is not JSON of this shape */
export function parsePodman<S extends TSchema>(schema: S, text: string, command: string): Static<S> {
  const value = parseJson(text, command)
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  const where = first ? `${first.instancePath || 'the answer'} ${first.message}` : 'it has another shape'
  throw new HostError('COMMAND_FAILED', { detail: `${command} printed something unknown: ${where}`, command })
}

function parseJson(text: string, command: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HostError('COMMAND_FAILED', { detail: `${command} did not print JSON`, command, cause })
  }
}

/**
 * True when podman lives in a user namespace with one id only: it was first run before its user had subordinate ids,
 * and its pause process keeps that namespace (podman-system-migrate(1)). Then every change of owner in a build fails.
 */
export function lacksIds({ host }: Static<typeof PodmanInfo>): boolean {
  const count = (map: Static<typeof IdMap>) => (map ?? []).reduce((sum, { size }) => sum + size, 0)
  const { idMappings } = host
  return idMappings !== undefined && (count(idMappings.uidmap) === 1 || count(idMappings.gidmap) === 1)
}

/** @param text output of `podman container inspect NAME`; null when it lists nothing */
export function parseContainer(text: string): ContainerFacts | null {
  const [found] = parsePodman(Containers, text, 'podman container inspect')
  if (!found) return null
  const { State: state, Config: config, HostConfig: hostConfig } = found
  return {
    id: found.Id,
    name: found.Name,
    status: state.Status,
    running: state.Running,
    pid: state.Pid,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    stoppedByUser: state.StoppedByUser ?? false,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    imageId: found.Image,
    imageName: found.ImageName,
    labels: config.Labels ?? {},
    env: config.Env ?? [],
    logDriver: hostConfig.LogConfig.Type,
    logPath: hostConfig.LogConfig.Path ?? '',
    ports: publishedPorts(hostConfig.PortBindings ?? {}),
    ...(hostConfig.NetworkMode === undefined ? {} : { networkMode: hostConfig.NetworkMode }),
    createCommand: config.CreateCommand ?? [],
  }
}

function publishedPorts(bindings: Static<typeof Bindings>): PublishedPort[] {
  return Object.entries(bindings).flatMap(([container, hosts]) =>
    (hosts ?? []).map(({ HostIp: hostAddress = '', HostPort: hostPort }) => ({
      containerPort: Number.parseInt(container, 10),
      hostAddress,
      hostPort: Number(hostPort),
    })),
  )
}

/** podman gives every image a digest, and a name with it; one of a registry has a name that is not localhost's. */
function digestOf(repoDigests: readonly string[]): { digest: string } | Record<string, never> {
  const pulled = repoDigests.find((name) => !name.startsWith('localhost/'))
  const digest = pulled?.slice(pulled.indexOf('@') + 1)
  return digest === undefined ? {} : { digest }
}

/** @param text output of `podman image inspect REFERENCE` */
export function parseImage(text: string, reference: string): ImageFacts | null {
  const [found] = parsePodman(Images, text, 'podman image inspect')
  if (!found) return null
  return {
    id: found.Id,
    reference,
    createdAt: found.Created,
    sizeBytes: found.Size,
    labels: found.Labels ?? {},
    references: found.RepoTags ?? [],
    ...digestOf(found.RepoDigests ?? []),
    env: found.Config?.Env ?? [],
  }
}

/** A line of the event stream, or null for one that is not an event of a container. */
export function parseEvent(line: string): ContainerEvent | null {
  try {
    const value: unknown = JSON.parse(line)
    if (!Value.Check(EventLine, value)) return null
    const milliseconds = (value.timeNano ?? 0) / 1_000_000
    return {
      name: value.Name,
      status: value.Status,
      time: value.Time ?? new Date(milliseconds).toISOString(),
    }
  } catch {
    // podman mixes warnings into its output; they are no events.
    return null
  }
}
