/**
 * The machine as the rest of the server sees it: a fixed list of typed verbs. Arguments and results are plain
 * serialisable data or streams of it, so that the list can cross a socket between two processes.
 */
import type { PreviousImage } from '../../contract/images.ts'
import type { ImageSource, Settings } from '../../contract/settings.ts'
import type { AuditLog } from './audit-log.ts'
import type { BackupTimer } from './backup-timer.ts'
import type { Backups } from './backups.ts'
import type {
  BuildRequest,
  BuildSource,
  ContainerEvent,
  ContainerFacts,
  ImageFacts,
  Usage,
} from './container-facts.ts'
import type { Examination } from './examination.ts'
import type { ContainerExec } from './exec-in-container.ts'
import type { GatewayProbes } from './gateway-probe.ts'
import type { Ownership } from './give-back.ts'
import type { Homes } from './homes.ts'
import type { Images } from './images.ts'
import type { JournalLog } from './journal-log.ts'
import type { LogFiles } from './log-files.ts'
import type { Registries } from './registries.ts'
import type { Terminals } from './terminal.ts'
import type { Uploads } from './uploads.ts'
import type { UserUnits } from './user-units.ts'
import type { Versions } from './versions.ts'

export type { BackupSource } from './backups.ts'
export type {
  BuildRequest,
  BuildSource,
  ContainerEvent,
  ContainerFacts,
  ImageFacts,
  ProbeResult,
  PublishedPort,
  Usage,
} from './container-facts.ts'
export type { OddFile } from './examination.ts'
export type { ContainerCommandResult } from './exec-in-container.ts'
export type { LogChunk, LogRequest } from './log-files.ts'
export type { Terminal } from './terminal.ts'
export type { QuadletFile, UnitFacts } from './user-units.ts'
export type { StoredVersion } from './versions.ts'

export interface UserAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

export type CgroupLayout = 'v2' | 'hybrid' | 'v1'

export interface HostFacts {
  readonly arch: string
  readonly os: string
  /** systemd is PID 1. */
  readonly hasSystemd: boolean
  readonly cgroups: CgroupLayout
  /** The cgroup tree offers the pids controller to containers. */
  readonly hasPidsController: boolean
  /** null when podman is not installed. */
  readonly podmanVersion: string | null
  /** OCI runtimes found on PATH, for example ['crun', 'runc']. */
  readonly runtimes: readonly string[]
  readonly hasCatatonit: boolean
  /** podman has Quadlet's generator (4.4 and later). */
  readonly hasQuadlet: boolean
  readonly hasUidmap: boolean
  readonly selinuxEnforcing: boolean
  readonly memoryBytes: number
}

export interface IdRange {
  readonly owner: string
  readonly start: number
  readonly count: number
}

export interface PortHolder {
  readonly address: string
  readonly port: number
  /** Missing when the process is not visible (another namespace). */
  readonly pid?: number
  readonly program?: string
  readonly uid: number
}

/** The two ends of an accepted TCP connection, as a socket names them. */
export interface TcpPeer {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** For verbs that take long: cancelling, and what the program prints, line by line. */
export interface Watch {
  readonly signal?: AbortSignal
  readonly onLine?: (line: OutputChunk) => void
}

export interface UserFile {
  readonly bytes: Uint8Array
  /** sha-256 of the bytes, hex. */
  readonly etag: string
  readonly mode: number
  readonly uid: number
}

export interface WriteUserFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly mode: number
  /** Refuse with ENV_CHANGED unless the file has this etag ('absent': no file); missing: overwrite. */
  readonly expectedEtag?: string
}

export interface StoredSession {
  /** sha-256 of the cookie, hex. */
  readonly idHash: string
  readonly csrfToken: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly stepUpUntil: number
}

/** An image as a step back needs it. */
export interface KeptImage {
  readonly source: ImageSource
  readonly id: string
  /** Its names when it was replaced: the new image may have taken them. */
  readonly names: readonly string[]
}

/** A change of image that has not been proven yet: written before anything is changed, gone when it has ended. */
export interface ImageSwitch {
  readonly kind: 'update' | 'rollback'
  /** The image that answered last; null when there was none. */
  readonly from: KeptImage | null
  /** What a rollback brings; an update learns it on the way. */
  readonly to: KeptImage | null
}

/** An archive that was loaded, so that the same one is not loaded again. */
export interface ArchiveRecord {
  readonly path: string
  /** As ArchiveFacts has it. */
  readonly stamp: string
  readonly sha256: string
  readonly imageId: string
}

/** What the panel keeps between runs; everything else is derived from the machine. */
export interface PanelState {
  readonly settings: Settings | null
  readonly sessions: readonly StoredSession[]
  /** Durations of the last starts until the first answer, newest last, ms. */
  readonly startDurationsMs: readonly number[]
  /** What setup made, so that uninstall takes back only that. */
  readonly created: readonly string[]
  /** What a step back from the last update brings; null until there was one. */
  readonly previousImage: PreviousImage | null
  /** The names of that image when it was replaced. */
  readonly previousNames: readonly string[]
  /** The id of the image that a start has seen to answer last. */
  readonly answeredImage: string | null
  readonly imageSwitch: ImageSwitch | null
  /** Newest first, at most 8. */
  readonly loadedArchives: readonly ArchiveRecord[]
}

/** A change of what the panel keeps. */
export type StateChange = Omit<Partial<PanelState>, 'settings'> & { readonly settings?: Partial<Settings> }

export interface Host
  extends AuditLog,
    JournalLog,
    LogFiles,
    Ownership,
    Backups,
    BackupTimer,
    ContainerExec,
    GatewayProbes,
    Examination,
    Homes,
    UserUnits,
    Images,
    Registries,
    Uploads,
    Terminals,
    Versions {
  // The machine
  readFacts(): Promise<HostFacts>
  /** Who listens on this TCP port at this address or at all addresses, or null. */
  findPortHolder(port: number, address: string): Promise<PortHolder | null>
  /** This machine has the address. */
  hasAddress(address: string): Promise<boolean>
  /** Free bytes for the user on the file system of this path (its nearest existing parent). */
  readDiskFree(path: string): Promise<number>
  readUsage(pid: number): Promise<Usage | null>
  /** The overlay driver works below this path: the kernel allows it to users, and the file system can carry it. */
  canStackOverlay(path: string): Promise<boolean>
  /** Opens /dev/net/tun and /dev/fuse to users where no udev did it; the paths that it changed. */
  openContainerDevices(): Promise<readonly string[]>
  // Accounts
  findUser(name: string): Promise<UserAccount | null>
  /**
   * Refuses a user, who need not exist yet, or a path that root has not allowed, before anything is done with it.
   * @throws {AuthError} USER_NOT_ADMITTED, PATH_NOT_ADMITTED; see split/admission.ts
   */
  requireAdmitted(named: { readonly user?: string; readonly path?: string }): Promise<void>
  /** A system user with home and no login shell; errors when it exists. */
  createUser(name: string): Promise<UserAccount>
  /** Adds what is missing of a user that createUser began to make. @throws {SetupError} USER_MISSING, USER_UNSUITABLE */
  finishUser(name: string): Promise<UserAccount>
  readIdRanges(kind: 'subuid' | 'subgid'): Promise<readonly IdRange[]>
  /** Adds the ranges with usermod (usermod(8), --add-subuids, --add-subgids). */
  addIdRanges(user: string, subuid: IdRange | null, subgid: IdRange | null): Promise<void>
  hasLinger(user: UserAccount): Promise<boolean>
  enableLinger(user: UserAccount): Promise<void>
  /** Starts the user's manager and waits until its bus is there. */
  ensureUserManager(user: UserAccount): Promise<void>

  // Files of the user, always as the user
  /** null when there is no such file. FILE_REFUSED for anything but a regular file, FILE_TOO_LARGE, FILE_DENIED. */
  readUserFile(user: UserAccount, path: string, maxBytes: number): Promise<UserFile | null>
  /** Durable: temp file in the same directory, fsync, rename, fsync of the directory. */
  writeUserFile(user: UserAccount, file: WriteUserFile): Promise<{ etag: string }>
  /** Makes the directory and its parents, or corrects the mode of the last one. */
  ensureUserDirectory(
    user: UserAccount,
    path: string,
    mode: number,
  ): Promise<{ created: boolean; corrected: boolean }>
  hasUserDirectory(user: UserAccount, path: string): Promise<boolean>
  /** Names in the directory, sorted; empty when there is none. At most 1000. */
  listUserDirectory(user: UserAccount, path: string): Promise<readonly string[]>
  /** No error when there is none. */
  removeUserFile(user: UserAccount, path: string): Promise<void>
  /** Removes all that is in the directory, links themselves and not what they lead to; false when nothing was. */
  emptyUserDirectory(user: UserAccount, path: string): Promise<boolean>
  /** Renames within a file system; FILE_REFUSED when something is at the new path. */
  renameUserFile(user: UserAccount, from: string, to: string): Promise<void>
  /**
   * Yields each path once when its watch has begun, for it may have changed before, and then each time the file there
   * appears, changes or goes; ends with the signal.
   */
  watchUserFiles(user: UserAccount, paths: readonly string[], signal: AbortSignal): AsyncIterable<string>

  // Podman, always as the user
  /** Runs `podman info`: does rootless podman work for this user, with which runtime? PODMAN_UNUSABLE otherwise. */
  checkPodman(user: UserAccount): Promise<{ runtime: string; cgroups: string; graphRoot: string }>
  inspectContainer(user: UserAccount, name: string): Promise<ContainerFacts | null>
  inspectImage(user: UserAccount, reference: string): Promise<ImageFacts | null>
  /** `podman run` with these arguments (rendered from the spec: detached); the container's id. */
  runContainer(user: UserAccount, args: readonly string[], watch?: Watch): Promise<{ id: string }>
  stopContainer(user: UserAccount, name: string, timeoutSeconds: number, watch?: Watch): Promise<void>
  /** `podman rm -f`; no error when there is none. */
  removeContainer(user: UserAccount, name: string): Promise<void>
  buildImage(user: UserAccount, request: BuildRequest, watch?: Watch): Promise<ImageFacts>
  /** The last lines a container printed, by `podman logs`: for containers with another log driver. None of one that is gone. */
  readContainerLogs(user: UserAccount, name: string, lines: number): Promise<readonly string[]>
  /** podman's own event stream for containers of this user; ends with the signal, throws when podman dies. */
  watchContainers(user: UserAccount, signal: AbortSignal): AsyncIterable<ContainerEvent>
  /** The command line a person would type for this podman call, for example sudo -u razroom podman ... */
  describePodman(user: UserAccount, args: readonly string[]): string

  // What the panel keeps
  /** Fingerprint of an image source's input (what a build would read), to skip a build that would change nothing. */
  fingerprintSource(source: BuildSource): Promise<string>
  isBundledAvailable(): Promise<boolean>
  readState(): Promise<PanelState>
  /** Replaces the parts that are given; of the settings, those fields only, whoever changed others meanwhile. */
  updateState(change: StateChange): Promise<PanelState>
  /** Takes the lock that one changing process of this machine holds; OPERATION_RUNNING when it is held. */
  acquireLock(): Promise<{ release(): Promise<void> }>
  /** The root-only token for scripts (Authorization: Bearer), made at the first call: 0600 in the state directory. */
  readApiToken(): Promise<string>
  /** uid of the process at the other end of a loopback TCP connection; null when it is gone. */
  findPeerUid(peer: TcpPeer): Promise<number | null>
  /** Makes the run directory (0700) and removes a control socket whose owner is dead; OPERATION_RUNNING if one lives. */
  claimControlSocket(): Promise<void>
  /** A path for a unix socket in a fresh directory (0700) of the run directory, removed by close(). */
  makePrivateSocketPath(): Promise<string>
  /** Ends every child the host still has. */
  close(): Promise<void>
}
