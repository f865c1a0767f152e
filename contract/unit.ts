/** The gateway's systemd unit, and the gateway in other people's formats. */
import Type, { type Static } from 'typebox'

const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * How the unit file on the disk relates to the settings: `absent`; `current` as it should be; `outdated` the panel's
 * own, renewed at the next start; `edited` the panel's, changed by hand since; `foreign` made by somebody else. The
 * last two are kept as they are until somebody replaces them on purpose.
 */
export const UnitFileState = Type.Enum(['absent', 'current', 'outdated', 'edited', 'foreign'])
export type UnitFileState = Static<typeof UnitFileState>

export const UnitView = Type.Object({
  kind: Type.Enum(['quadlet', 'service'], {
    description:
      'quadlet: a .container file that podman turns into a unit; service: a plain unit (podman before 4.4)',
  }),
  /** Why a plain unit serves where Quadlet would be expected. */
  kindReason: Type.Optional(Type.String()),
  unitName: Type.String({ description: 'as systemctl --user knows it, for example razroom.service' }),
  path: Type.String(),
  state: UnitFileState,
  text: NullOr(Type.String({ description: 'the file as it is, secrets masked; null when there is none' })),
  wanted: NullOr(
    Type.String({ description: 'as the panel would write it; null when there is no image yet' }),
  ),
  dropIns: Type.Array(Type.String(), { description: 'paths of drop-ins: the panel never changes them' }),
  shadowedBy: Type.Optional(
    Type.String({ description: 'a file of the same name that systemd takes instead' }),
  ),
  startsAtBoot: Type.Boolean(),
})
export type UnitView = Static<typeof UnitView>

/** What the status says of the unit, in quadlet mode. */
export const UnitStatus = Type.Object({
  name: Type.String(),
  /** systemd's words: active, activating, inactive, failed ... and their finer ones: running, auto-restart, dead ... */
  activeState: Type.String(),
  subState: Type.String(),
  /** Restarts by systemd since the last start that was asked for. */
  restarts: Type.Integer(),
  fileState: UnitFileState,
})
export type UnitStatus = Static<typeof UnitStatus>

export const ExportFormat = Type.Enum(['quadlet', 'service', 'script', 'kube', 'compose'])
export type ExportFormat = Static<typeof ExportFormat>

export const ExportDocument = Type.Object({
  format: ExportFormat,
  filename: Type.String(),
  text: Type.String(),
  notes: Type.Array(Type.String(), { description: 'what to do with it, and what it leaves to you' }),
})
export type ExportDocument = Static<typeof ExportDocument>
