/** The panel's own settings, and what setup takes: how the gateway is to run. */
import Type, { type Static } from 'typebox'
import { DEFAULT_BRIDGE_PORT, DEFAULT_GATEWAY_PORT } from './rules.ts'

const strict = { additionalProperties: false } as const
const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** `container`: started by hand, podman keeps it. `quadlet`: a service of the user's systemd. */
export const Mode = Type.Union([Type.Literal('container'), Type.Literal('quadlet')])
export type Mode = Static<typeof Mode>

/** An absolute path without control characters; {@link isAbsolutePath} of rules.ts says the rest. */
export const HostPath = Type.String({ pattern: '^/[^\\x00-\\x1f\\x7f]*$', maxLength: 4095 })

/** As podman writes it: [registry/]name[:tag][@digest]. */
export const ImageReference = Type.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$',
  maxLength: 512,
})

/** Values of ARG lines of a Dockerfile. They show in the process list and in the image: nothing secret. */
export const BuildArgs = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
  Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]*$', maxLength: 4096 }),
  { maxProperties: 64 },
)
export type BuildArgs = Static<typeof BuildArgs>

/** Where the gateway's image comes from. */
export const ImageSource = Type.Union([
  Type.Object({ kind: Type.Literal('bundled') }, strict),
  Type.Object({ kind: Type.Literal('repo'), path: HostPath, buildArgs: Type.Optional(BuildArgs) }, strict),
  Type.Object({ kind: Type.Literal('registry'), reference: ImageReference }, strict),
  Type.Object({ kind: Type.Literal('archive'), path: HostPath }, strict),
])
export type ImageSource = Static<typeof ImageSource>

/**
 * How ids inside relate to ids outside: `keep-id` the same numbers as the gateway's user; `auto` podman's own default;
 * `host` podman's host mode. In the last two, root inside is the gateway's user outside (docs/facts).
 */
export const UserNamespace = Type.Union([Type.Literal('keep-id'), Type.Literal('auto'), Type.Literal('host')])
export type UserNamespace = Static<typeof UserNamespace>

const HostPort = Type.Integer({ minimum: 1024, maximum: 65535 })
const Uid = Type.Integer({ minimum: 0, maximum: 4294967294 })
/** An IPv4 or IPv6 literal; {@link isIpAddress} of rules.ts says the rest. */
const IpAddress = Type.String({ pattern: '^[0-9a-fA-F:.]{2,45}$' })

/** When backups are made by themselves, and how many of those are kept. */
export const BackupSchedule = Type.Object(
  {
    every: Type.Union([Type.Literal('off'), Type.Literal('daily'), Type.Literal('weekly')]),
    keep: Type.Integer({ minimum: 1, maximum: 100 }),
    includeWorkspace: Type.Boolean(),
  },
  strict,
)
export type BackupSchedule = Static<typeof BackupSchedule>

/** What cannot be derived from the machine. */
export const Settings = Type.Object(
  {
    user: Type.String({ pattern: '^[a-z_][a-z0-9_-]{0,30}$' }),
    containerName: Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$' }),
    mode: Mode,
    startAtBoot: Type.Boolean(),
    image: ImageSource,
    gatewayPort: HostPort,
    bridgePort: HostPort,
    publishAddress: IpAddress,
    configDir: NullOr(HostPath),
    workspaceDir: NullOr(HostPath),
    userns: UserNamespace,
    backupSchedule: BackupSchedule,
    allowedHosts: Type.Array(Type.String({ pattern: '^[a-zA-Z0-9.\\[\\]:-]{1,255}$' }), { maxItems: 16 }),
    adminUids: Type.Array(Uid, { maxItems: 64, uniqueItems: true }),
  },
  strict,
)
export type Settings = Static<typeof Settings>

/** What setup assumes when nobody said otherwise (docs/facts/razroom-gateway.md for the ports). */
export function defaultSettings(): Settings {
  return {
    user: 'razroom',
    containerName: 'razroom',
    mode: 'container',
    startAtBoot: true,
    image: { kind: 'bundled' },
    gatewayPort: DEFAULT_GATEWAY_PORT,
    bridgePort: DEFAULT_BRIDGE_PORT,
    publishAddress: '127.0.0.1',
    configDir: null,
    workspaceDir: null,
    userns: 'keep-id',
    backupSchedule: { every: 'off', keep: 7, includeWorkspace: true },
    allowedHosts: [],
    adminUids: [],
  }
}

const { properties } = Settings
const confirmExposure = Type.Boolean({
  description: 'needed with a publish address beyond loopback: other machines may reach the gateway then',
})

/** A change of settings; what is left out stays. */
export const SettingsPatch = Type.Object(
  {
    gatewayPort: Type.Optional(HostPort),
    bridgePort: Type.Optional(HostPort),
    publishAddress: Type.Optional(IpAddress),
    confirmExposure: Type.Optional(confirmExposure),
    backupSchedule: Type.Optional(BackupSchedule),
    allowedHosts: Type.Optional(properties.allowedHosts),
    adminUids: Type.Optional(properties.adminUids),
  },
  strict,
)
export type SettingsPatch = Static<typeof SettingsPatch>

/** How the gateway is to be set up; what is left out stays as it is, at first as a fresh machine has it. */
export const SetupRequest = Type.Object(
  {
    mode: Type.Optional(Mode),
    startAtBoot: Type.Optional(Type.Boolean()),
    image: Type.Optional(ImageSource),
    gatewayPort: Type.Optional(HostPort),
    bridgePort: Type.Optional(HostPort),
    publishAddress: Type.Optional(IpAddress),
    confirmExposure: Type.Optional(confirmExposure),
    user: Type.Optional(properties.user),
    createUser: Type.Optional(
      Type.Boolean({ description: 'make the user when there is none; the user razroom is always made' }),
    ),
    containerName: Type.Optional(properties.containerName),
    configDir: Type.Optional(properties.configDir),
    workspaceDir: Type.Optional(properties.workspaceDir),
    userns: Type.Optional(UserNamespace),
  },
  strict,
)
export type SetupRequest = Static<typeof SetupRequest>

/** Another way of running the gateway; what is left out stays. */
export const ModeRequest = Type.Object(
  { mode: Type.Optional(Mode), startAtBoot: Type.Optional(Type.Boolean()) },
  strict,
)
export type ModeRequest = Static<typeof ModeRequest>
