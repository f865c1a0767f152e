/**
 * The verbs that cross between the two halves: every one of {@link Host}, how it crosses, and what each argument may be.
 * A verb that Host gets does not compile until it stands here.
 */
import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { AuditNote, AuditQuery } from '../../../contract/audit.ts'
import { BackupName } from '../../../contract/backups.ts'
import { RegistryLoginRequest } from '../../../contract/images.ts'
import { LogQuery } from '../../../contract/logs.ts'
import { VersionId } from '../../../contract/versions.ts'
import { Manifest } from '../backup/format.ts'
import type { Host, UserAccount } from '../host.ts'
import * as Is from './verb-schemas.ts'

/**
 * How a verb crosses.
 * `call`: asked and answered. `watch`: the same, can be cancelled and says lines. `items`: a sequence, taken one by one.
 * `bytes-out`, `bytes-in`: a stream of bytes. `lock`, `terminal`: something that is held until it is let go.
 * `here`: never crosses, the front knows it. `not-here`: only for a process of root's own. `close`: ends the connection.
 */
export type VerbKind =
  | 'call'
  | 'watch'
  | 'items'
  | 'bytes-out'
  | 'bytes-in'
  | 'lock'
  | 'terminal'
  | 'here'
  | 'not-here'
  | 'close'

export interface Verb {
  readonly kind: VerbKind
  /** What crosses, in the order of the method; an account is its name. Signals, streams and callbacks are not among it. */
  readonly args: readonly Type.TSchema[]
  /** So many of the last ones may be missing. */
  readonly optional: number
  /** The first argument of the method is an account. */
  readonly isAccount: boolean
  /** Of the message that asks for it, in bytes. */
  readonly maxBytes: number
}

const MAX_BYTES = 262_144
/** A file, and what is said of it. */
const MAX_FILE_MESSAGE = Is.MAX_FILE_BYTES + MAX_BYTES
/** The manifest of a backup: see MAX_MANIFEST_BYTES of its format. */
const MAX_MANIFEST_MESSAGE = 134_217_728 + MAX_BYTES

type Args = readonly Type.TSchema[]

function verb<const K extends VerbKind, const A extends Args>(
  kind: K,
  args: A,
  options: Partial<Pick<Verb, 'optional' | 'maxBytes'>> = {},
) {
  return { kind, args, optional: 0, maxBytes: MAX_BYTES, isAccount: false as const, ...options } as const
}

/** A verb whose first argument is an account. */
function ofAccount<const K extends VerbKind, const A extends Args>(
  kind: K,
  args: A,
  options: Partial<Pick<Verb, 'optional' | 'maxBytes'>> = {},
) {
  const all = [Is.AccountName, ...args] as const
  return { kind, args: all, optional: 0, maxBytes: MAX_BYTES, isAccount: true as const, ...options } as const
}

export const VERBS = {
  // The machine
  readFacts: verb('call', []),
  findPortHolder: verb('call', [Is.Port, Is.IpAddress]),
  hasAddress: verb('call', [Is.IpAddress]),
  readDiskFree: verb('call', [Is.Path]),
  readUsage: verb('call', [Is.Pid]),
  canStackOverlay: verb('call', [Is.Path]),
  openContainerDevices: verb('call', []),
  probeGateway: verb('call', [Is.PublishablePort, Is.IpAddress], { optional: 1 }),
  proveGatewayToken: ofAccount('call', [Is.PublishablePort, Is.Token, Is.IpAddress], { optional: 1 }),
  readMemory: verb('call', []),
  readInodes: verb('call', [Is.Path]),
  readSystemUnit: verb('call', [Is.SystemUnitName]),
  readInstalledVersion: verb('call', []),
  findPeerUid: verb('call', [Is.TcpPeer]),
  putBackupTimer: verb('call', [Is.NullOr(Type.Union([Type.Literal('daily'), Type.Literal('weekly')]))]),

  // Accounts
  findUser: verb('call', [Type.String({ maxLength: 256 })]),
  requireAdmitted: verb('call', [Is.Named]),
  createUser: verb('call', [Is.AccountName]),
  finishUser: verb('call', [Is.AccountName]),
  listUsers: verb('call', []),
  readIdRanges: verb('call', [Type.Union([Type.Literal('subuid'), Type.Literal('subgid')])]),
  addIdRanges: verb('call', [Is.AccountName, Is.NullOr(Is.IdRange), Is.NullOr(Is.IdRange)]),
  hasLinger: ofAccount('call', []),
  enableLinger: ofAccount('call', []),
  ensureUserManager: ofAccount('call', []),
  hasUserManager: ofAccount('call', []),
  readDelegation: ofAccount('call', []),
  readHome: ofAccount('call', []),
  giveBackFiles: ofAccount('call', [Type.Array(Is.Path, { maxItems: 8 })]),

  // Files of the user
  readUserFile: ofAccount('call', [Is.Path, Type.Integer({ minimum: 0, maximum: Is.MAX_FILE_BYTES })]),
  writeUserFile: ofAccount('call', [Is.UserFile], { maxBytes: MAX_FILE_MESSAGE }),
  ensureUserDirectory: ofAccount('call', [Is.Path, Is.Mode]),
  hasUserDirectory: ofAccount('call', [Is.Path]),
  listUserDirectory: ofAccount('call', [Is.Path]),
  removeUserFile: ofAccount('call', [Is.Path]),
  emptyUserDirectory: ofAccount('call', [Is.Path]),
  renameUserFile: ofAccount('call', [Is.Path, Is.Path]),
  watchUserFiles: ofAccount('items', [Type.Array(Is.Path, { maxItems: 64 })]),
  followLog: ofAccount('items', [Is.LogRequest]),
  readLogBefore: ofAccount('call', [Is.Path, Is.NullOr(Is.Cursor), Is.Lines]),
  readLogAfter: ofAccount('call', [Is.Path, Is.LogStart, Is.Lines]),
  readLogLine: ofAccount('call', [Is.Path, Is.Cursor]),
  searchLog: ofAccount('items', [Is.Path, LogQuery]),
  keepLog: ofAccount('items', [Is.Path]),
  linkLog: ofAccount('call', [Is.Path, Is.Path]),
  recordJournal: ofAccount('watch', [Is.JournalOfContainer]),
  findOddFiles: ofAccount('call', [Is.OddFileSearch]),

  // Podman
  checkPodman: ofAccount('call', []),
  inspectContainer: ofAccount('call', [Is.ContainerName]),
  inspectImage: ofAccount('call', [Is.ImageName]),
  runContainer: ofAccount('watch', [Is.Words]),
  stopContainer: ofAccount('watch', [Is.ContainerName, Type.Integer({ minimum: 0, maximum: 3_600 })]),
  removeContainer: ofAccount('call', [Is.ContainerName]),
  readContainerLogs: ofAccount('call', [Is.ContainerName, Is.Lines]),
  watchContainers: ofAccount('items', []),
  execInContainer: ofAccount('call', [Is.ContainerCommand]),
  describePodman: ofAccount('here', []),

  // Images
  fingerprintSource: verb('call', [Is.BuildSource], { maxBytes: 1_048_576 }),
  isBundledAvailable: verb('call', []),
  buildImage: ofAccount('watch', [Is.BuildRequest], { maxBytes: 1_048_576 }),
  pullImage: ofAccount('watch', [Is.ImageName]),
  tagImage: ofAccount('call', [Is.ImageName, Is.ImageName]),
  listImages: ofAccount('call', []),
  removeImages: ofAccount('watch', [Type.Array(Is.ImageName, { maxItems: 1_000 })], { maxBytes: 1_048_576 }),
  readArchive: verb('call', [Is.Path]),
  loadArchive: ofAccount('watch', [Is.Path, Is.ImageName]),
  loginRegistry: ofAccount('call', [RegistryLoginRequest]),
  logoutRegistry: ofAccount('call', [RegistryLoginRequest.properties.registry]),
  listRegistryLogins: ofAccount('call', []),

  // Units of the user
  readUnit: ofAccount('call', [Is.UnitName]),
  reloadUnits: ofAccount('call', []),
  startUnit: ofAccount('watch', [Is.UnitName]),
  restartUnit: ofAccount('watch', [Is.UnitName]),
  stopUnit: ofAccount('watch', [Is.UnitName]),
  enableUnit: ofAccount('call', [Is.UnitName]),
  disableUnit: ofAccount('call', [Is.UnitName]),
  readUnitJournal: ofAccount('call', [Is.UnitName, Is.Time, Type.Integer({ minimum: 0, maximum: 10_000 })]),
  resetUnit: ofAccount('call', [Is.UnitName]),
  dryRunQuadlet: ofAccount('call', [Is.QuadletFiles], { maxBytes: 2_097_152 }),
  describeSystemctl: ofAccount('here', []),

  // Terminal
  openTerminal: ofAccount('terminal', [Is.TerminalRequest]),
  cleanUpTerminal: ofAccount('call', [Is.Words]),

  // Backups
  listBackups: verb('call', []),
  makeBackup: ofAccount('watch', [Is.BackupOrder], { maxBytes: 1_048_576 }),
  removeBackup: verb('call', [BackupName]),
  openBackup: verb('bytes-out', [BackupName]),
  verifyBackup: verb('watch', [
    Type.Union([
      Type.Object({ name: BackupName }, { additionalProperties: false }),
      Type.Object({ path: Is.Path }, { additionalProperties: false }),
    ]),
  ]),
  listGatewayTree: ofAccount('watch', [Is.GatewayTree]),
  readTreeRoom: ofAccount('call', [Is.GatewayTree]),
  restoreBackup: ofAccount(
    'watch',
    [
      Type.Union([
        Type.Object({ name: BackupName }, { additionalProperties: false }),
        Type.Object({ path: Is.Path }, { additionalProperties: false }),
      ]),
      Type.Object(
        { directories: Is.GatewayTree, includesWorkspace: Is.Flag, manifest: Manifest },
        { additionalProperties: false },
      ),
    ],
    { maxBytes: MAX_MANIFEST_MESSAGE },
  ),
  readRestoreMark: verb('call', []),
  writeRestoreMark: verb('call', [Is.NullOr(Is.RestoreMark)]),
  saveUpload: verb('bytes-in', [Is.NullOr(Type.Integer({ minimum: 0 }))]),
  removeUpload: verb('call', [Is.Path]),

  // What the panel keeps
  readState: verb('call', []),
  updateState: verb('call', [Is.StateChange], { maxBytes: 4_194_304 }),
  acquireLock: verb('lock', []),
  readApiToken: verb('call', []),
  appendAudit: verb('call', [AuditNote]),
  readAudit: verb('call', [AuditQuery]),
  listVersions: verb('call', [Is.Path]),
  readVersion: verb('call', [Is.Path, VersionId]),
  addVersion: verb('call', [Is.Path, Is.NewVersion], { maxBytes: MAX_FILE_MESSAGE }),
  markVersionProven: verb('call', [Is.Path, VersionId, Is.Timestamp]),
  claimControlSocket: verb('not-here', []),
  makePrivateSocketPath: verb('not-here', []),
  close: verb('close', []),
} as const satisfies Record<keyof Host, Verb>

export type VerbName = keyof typeof VERBS

/** The names in the order in which a call numbers them. */
export const VERB_NAMES = Object.keys(VERBS).sort() as readonly VerbName[]

/** What both halves must agree on: sha-256 over the names, kinds and shapes. */
export function listDigest(): string {
  const rows = VERB_NAMES.map((name) => [name, VERBS[name]])
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

// What follows is checked when it is compiled and is nothing when it runs.

/** The method's parameters as they cross: an account is its name; signals, streams, callbacks and Watch stay out. */
type Crossing<P extends readonly unknown[]> = P extends readonly [infer First, ...infer Rest]
  ? StaysOut<First> extends true
    ? Crossing<Rest>
    : [First extends UserAccount ? string : First, ...Crossing<Rest>]
  : []
type StaysOut<T> = T extends AbortSignal | NodeJS.ReadableStream | ((...args: never[]) => unknown)
  ? true
  : 'onLine' extends keyof T
    ? true
    : false

type KindOf<F extends (...args: never[]) => unknown> =
  ReturnType<F> extends AsyncIterable<unknown>
    ? 'items'
    : ReturnType<F> extends string
      ? 'here'
      : ReturnType<F> extends Promise<infer R>
        ? R extends { write(data: string): void }
          ? 'terminal'
          : R extends { release(): Promise<void> }
            ? 'lock'
            : R extends { stream: NodeJS.ReadableStream }
              ? 'bytes-out'
              : Parameters<F> extends readonly [NodeJS.ReadableStream, ...unknown[]]
                ? 'bytes-in'
                : HasWatch<Parameters<F>> extends true
                  ? 'watch'
                  : 'call' | 'not-here' | 'close'
        : never
type HasWatch<P extends readonly unknown[]> = true extends {
  [K in keyof P]: 'onLine' extends keyof NonNullable<P[K]> ? true : false
}[number]
  ? true
  : false

type StaticArgs<A extends Args> = { -readonly [K in keyof A]: Static<A[K]> }
type Fault<V extends VerbName> =
  (typeof VERBS)[V]['kind'] extends KindOf<Host[V]>
    ? (typeof VERBS)[V]['kind'] extends 'here'
      ? never
      : StaticArgs<(typeof VERBS)[V]['args']> extends Crossing<Required<Parameters<Host[V]>>>
        ? never
        : V
    : V
/** Names the verbs whose row does not fit their method, if there are any. */
type Faults = { [V in VerbName]: Fault<V> }[VerbName]
const noFault: Faults extends never ? true : { readonly wrong: Faults } = true
void noFault
