/** The machines that a journey can run on. See docs/adr/0002-disposable-host.md. */
export type HostKind = 'debian-13' | 'debian-12' | 'debian-12-no-systemd'

/** `ready`: podman and its companions are installed. `bare`: a minimal Debian, for installer journeys. */
export type BaseLevel = 'ready' | 'bare'

/** `isolated`: loopback only. `mirrors`: reaches what the outer machine reaches (package mirrors, npm). */
export type NetworkMode = 'isolated' | 'mirrors'

/** What one kind of host is made of. */
export interface KindSpec {
  readonly suite: 'trixie' | 'bookworm'
  /** Whether systemd is PID 1 (booted by systemd-nspawn) or a small reaping init is. */
  readonly systemd: boolean
  /** Installed over the release to get a `bare` base. */
  readonly barePackages: readonly string[]
  /** Installed over `bare` to get a `ready` base. */
  readonly readyPackages: readonly string[]
}

const SYSTEMD = ['systemd', 'systemd-sysv', 'dbus']
const USER_MANAGER = ['systemd-container', 'dbus-user-session', 'libpam-systemd']
const PODMAN = ['podman', 'uidmap', 'crun', 'netavark', 'aardvark-dns', 'catatonit']
const BOOKWORM_PODMAN = ['slirp4netns', 'fuse-overlayfs']
/** Not the panel's needs but the tests': a static busybox makes images without a registry. */
const TEST_TOOLS = ['sudo', 'curl', 'strace', 'busybox-static']
/** One more reader of `.env`, to compare ours with; bookworm has but the old one in Python. */
const COMPOSE = ['docker-compose']

/** In every base, from debootstrap itself. */
export const RELEASE_PACKAGES: readonly string[] = ['ca-certificates', 'iproute2', 'procps']

export const KINDS: Readonly<Record<HostKind, KindSpec>> = {
  'debian-13': {
    suite: 'trixie',
    systemd: true,
    barePackages: SYSTEMD,
    readyPackages: [...PODMAN, 'passt', ...USER_MANAGER, ...TEST_TOOLS, ...COMPOSE],
  },
  'debian-12': {
    suite: 'bookworm',
    systemd: true,
    barePackages: SYSTEMD,
    readyPackages: [...PODMAN, ...BOOKWORM_PODMAN, ...USER_MANAGER, ...TEST_TOOLS],
  },
  'debian-12-no-systemd': {
    suite: 'bookworm',
    systemd: false,
    barePackages: [],
    // crun comes with podman there and refuses hybrid cgroups; runc is the one that works.
    readyPackages: [...PODMAN, ...BOOKWORM_PODMAN, 'runc', ...TEST_TOOLS],
  },
}

/**
 * Reads a kind from the command line.
 * @throws when `text` is not one of the kinds; the message lists them.
 */
export function parseHostKind(text: string): HostKind {
  const kind = (Object.keys(KINDS) as HostKind[]).find((candidate) => candidate === text)
  if (kind === undefined) {
    throw new Error(`unknown kind of host '${text}': use one of ${Object.keys(KINDS).join(', ')}`)
  }
  return kind
}
