/** What an argument of a verb may be when it comes from the front: everything has a shape and a bound. */
import Type from 'typebox'
import { BackupReason } from '../../../contract/backups.ts'
import { PreviousImage } from '../../../contract/images.ts'
import { LogFilter } from '../../../contract/logs.ts'
import { isAbsolutePath, isIpAddress } from '../../../contract/rules.ts'
import { HostPath, ImageSource, Settings } from '../../../contract/settings.ts'
import { FileVersion } from '../../../contract/versions.ts'

const strict = { additionalProperties: false } as const
const MAX_ID = 4_294_967_294
/** A file that a verb takes or gives whole; the agent of the user has the same limit. */
export const MAX_FILE_BYTES = 8_388_608
/** The words of one command line are far fewer than the kernel allows (execve(2), MAX_ARG_STRLEN is 128 KiB). */
const MAX_WORD = 131_071

export const NullOr = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** The name of an account; whatever else a `UserAccount` says does not cross. As user-account.ts takes it. */
export const AccountName = Type.String({ pattern: '^[a-z_][a-z0-9_-]{0,30}$' })
export const Path = Type.Refine(HostPath, (path) => isAbsolutePath(path))
export const IpAddress = Type.Refine(Type.String({ maxLength: 45 }), (address) => isIpAddress(address))
export const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
export const PublishablePort = Type.Integer({ minimum: 1_024, maximum: 65_535 })
export const Mode = Type.Integer({ minimum: 0, maximum: 0o777 })
export const Pid = Type.Integer({ minimum: 1, maximum: 4_194_304 })
export const Lines = Type.Integer({ minimum: 0, maximum: 1_000_000 })
export const Timestamp = Type.String({ maxLength: 64 })
export const Flag = Type.Boolean()
const bytesUpTo = (max: number) =>
  Type.Refine(
    Type.Unsafe<Uint8Array>(Type.Unknown()),
    (value) => value instanceof Uint8Array && value.length <= max,
  )
export const Bytes = bytesUpTo(MAX_FILE_BYTES)
export const Time = Type.Refine(
  Type.Unsafe<Date>(Type.Unknown()),
  (value) => value instanceof Date && Number.isFinite(value.getTime()),
)
/** A header of a request takes no more of a token, and no other characters (RFC 6750, 2.1 and what people use). */
export const Token = Type.String({ maxLength: 8_192, pattern: '^[^\\x00-\\x1f\\x7f]*$' })

/** podman(1): names and ids of containers and images; never an option. */
export const ContainerName = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$' })
export const ImageName = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$' })
/** Of the user's own manager (systemd.unit(5)). */
export const UnitName = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9:_.@-]{0,246}$' })
/** Of the machine's manager: the panel's own and no others. */
export const SystemUnitName = Type.String({ pattern: '^razroom-panel[a-z-]{0,32}\\.(service|socket|timer)$' })
export const Word = Type.String({ maxLength: MAX_WORD, pattern: '^[^\\x00]*$' })
export const Words = Type.Array(Word, { maxItems: 512 })
/** Values for a program in the container. A name that a program of root's reads too would be a way to root. */
export const ContainerEnv = Type.Record(Type.String({ pattern: '^RAZROOM_[A-Z0-9_]{1,64}$' }), Token, {
  maxProperties: 8,
  additionalProperties: false,
})
export const RunTimeMs = Type.Integer({ minimum: 1, maximum: 3_600_000 })

export const IdRange = Type.Object(
  {
    owner: Type.String({ maxLength: 64 }),
    start: Type.Integer({ minimum: 0, maximum: MAX_ID }),
    count: Type.Integer({ minimum: 1, maximum: 65_536 }),
  },
  strict,
)
export const TcpPeer = Type.Object(
  { localAddress: IpAddress, localPort: Port, remoteAddress: IpAddress, remotePort: Port },
  strict,
)
export const UserFile = Type.Object(
  {
    path: Path,
    bytes: Bytes,
    mode: Mode,
    expectedEtag: Type.Optional(Type.String({ pattern: '^(absent|[0-9a-f]{64})$' })),
  },
  strict,
)
export const Cursor = Type.String({ maxLength: 256 })
export const Named = Type.Object({ user: Type.Optional(AccountName), path: Type.Optional(Path) }, strict)
export const LogRequest = Type.Object(
  {
    path: Path,
    // All there are is a wish, too.
    backlog: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    after: Type.Optional(Cursor),
    filter: Type.Optional(LogFilter),
  },
  strict,
)
/** Where lines are read from: behind a cursor, or from a time on (ms since 1970, what a Date takes). */
export const JournalOfContainer = Type.Object(
  { container: ContainerName, unit: UnitName, path: Path },
  strict,
)
export const LogStart = Type.Union([
  Type.Object({ after: Cursor }, strict),
  Type.Object({ time: Type.Number({ minimum: -8.64e15, maximum: 8.64e15 }) }, strict),
])
export const OddFileSearch = Type.Object(
  {
    directory: Path,
    depth: Type.Integer({ minimum: 0, maximum: 64 }),
    closed: Type.Array(Path, { maxItems: 64 }),
  },
  strict,
)
export const ContainerCommand = Type.Object(
  {
    container: ContainerName,
    argv: Type.Unsafe<readonly [string, ...string[]]>(Type.Array(Word, { minItems: 1, maxItems: 64 })),
    env: Type.Optional(ContainerEnv),
    timeoutMs: RunTimeMs,
    maxBytes: Type.Integer({ minimum: 1, maximum: MAX_FILE_BYTES }),
  },
  strict,
)
export const QuadletFiles = Type.Array(
  Type.Object(
    {
      // Relative, and no part of it leads up or is an option: a path of the user's private directory.
      name: Type.String({
        pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.@-]*(/[a-zA-Z0-9][a-zA-Z0-9_.@-]*)?$',
        maxLength: 255,
      }),
      text: Type.String({ maxLength: 1_048_576 }),
    },
    strict,
  ),
  { maxItems: 64 },
)
/** Of the contract, and no names that it does not know. */
const BuildArgs = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }),
  Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]*$', maxLength: 4_096 }),
  { maxProperties: 64, additionalProperties: false },
)
export const BuildSource = Type.Union([
  Type.Object({ kind: Type.Literal('bundled') }, strict),
  Type.Object({ kind: Type.Literal('repo'), path: Path, buildArgs: Type.Optional(BuildArgs) }, strict),
])
export const BuildRequest = Type.Object({ source: BuildSource, tag: ImageName }, strict)
export const TerminalRequest = Type.Object(
  {
    args: Words,
    cleanUpArgs: Words,
    cols: Type.Integer({ minimum: 1, maximum: 1_000 }),
    rows: Type.Integer({ minimum: 1, maximum: 1_000 }),
  },
  strict,
)
export const GatewayTree = Type.Object({ configDir: Path, workspaceDir: Path }, strict)
export const BackupOrder = Type.Object(
  {
    directories: GatewayTree,
    includesWorkspace: Flag,
    reason: BackupReason,
    settings: Settings,
    path: NullOr(Path),
  },
  strict,
)
export const RestoreMark = Type.Object(
  { startAfter: Flag, backup: Type.String({ pattern: '^[0-9a-f]{64}$' }), since: Timestamp },
  strict,
)
/** None of the files is read beyond this. */
const MAX_VERSION_BYTES = 4_194_304
const VersionBytes = Type.Refine(Bytes, (value) => value.length <= MAX_VERSION_BYTES)
export const NewVersion = Type.Object(
  {
    by: FileVersion.properties.by,
    reason: Type.Optional(Type.String({ maxLength: 256 })),
    etag: Type.String({ pattern: '^(absent|[0-9a-f]{8,64})$' }),
    added: Type.Integer({ minimum: 0 }),
    removed: Type.Integer({ minimum: 0 }),
    bytes: NullOr(VersionBytes),
  },
  strict,
)

const Name = Type.String({ maxLength: 512 })
const KeptImage = Type.Object(
  { source: ImageSource, id: Name, names: Type.Array(Name, { maxItems: 256 }) },
  strict,
)
const Session = Type.Object(
  {
    idHash: Type.String({ maxLength: 128 }),
    csrfToken: Type.String({ maxLength: 256 }),
    createdAt: Type.Number(),
    lastSeenAt: Type.Number(),
    stepUpUntil: Type.Number(),
  },
  strict,
)
/** Nothing that root's own doing is derived from: see admission.ts. */
export const StateChange = Type.Object(
  {
    settings: Type.Optional(Type.Partial(Settings, strict)),
    sessions: Type.Optional(Type.Array(Session, { maxItems: 4_096 })),
    startDurationsMs: Type.Optional(Type.Array(Type.Number(), { maxItems: 1_024 })),
    created: Type.Optional(Type.Array(Type.String({ maxLength: 4_352 }), { maxItems: 1_024 })),
    previousImage: Type.Optional(NullOr(PreviousImage)),
    previousNames: Type.Optional(Type.Array(Name, { maxItems: 256 })),
    answeredImage: Type.Optional(NullOr(Name)),
    imageSwitch: Type.Optional(
      NullOr(
        Type.Object(
          {
            kind: Type.Union([Type.Literal('update'), Type.Literal('rollback')]),
            from: NullOr(KeptImage),
            to: NullOr(KeptImage),
          },
          strict,
        ),
      ),
    ),
    loadedArchives: Type.Optional(
      Type.Array(Type.Object({ path: Path, stamp: Name, sha256: Name, imageId: Name }, strict), {
        maxItems: 64,
      }),
    ),
  },
  strict,
)
