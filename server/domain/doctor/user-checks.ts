/** What the gateway's user must have: subordinate ids, linger, a user manager, files of its own. */
import type { Mode } from '../../../contract/settings.ts'
import { shellQuote } from '../shell-quote.ts'
import { type IdRange, planIdRanges, SUBID_COUNT } from '../subids.ts'
import { certain, type Draft, likely, someOf, type Verdict, verdict } from './verdict.ts'

export interface DoctorUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Both files of subuid(5).
 * @throws SetupError SUBID_EXHAUSTED the user has too few, and no more are left on this machine
 */
export function checkIdRanges(
  user: DoctorUser,
  subuid: readonly IdRange[],
  subgid: readonly IdRange[],
): Verdict {
  const plan = planIdRanges(user, subuid, subgid)
  const show = ({ start, count }: IdRange) => `${start}-${start + count - 1}`
  const own = (ranges: readonly IdRange[]) =>
    ranges.filter(({ owner }) => owner === user.name || owner === String(user.uid))
  const told = (ranges: readonly IdRange[]) => own(ranges).map(show).join(', ') || 'none'
  const said = `subuid ${told(subuid)}, subgid ${told(subgid)}`
  const findings: Draft[] = []
  if (plan.subuid || plan.subgid) {
    const flags = [
      ...(plan.subuid ? [`--add-subuids ${show(plan.subuid)}`] : []),
      ...(plan.subgid ? [`--add-subgids ${show(plan.subgid)}`] : []),
    ]
    findings.push(
      certain(
        {
          id: 'subids.missing',
          severity: 'error',
          title: `${user.name} has too few subordinate ids`,
          evidence: `${said}; an image may use ${SUBID_COUNT}`,
          fix: { label: 'Add the ranges', preview: `usermod ${flags.join(' ')} ${user.name}` },
        },
        'Rootless podman cannot map the users of an image: containers and builds fail.',
      ),
    )
  }
  const clash = findClash(user, subuid) ?? findClash(user, subgid)
  if (clash) {
    findings.push(
      certain(
        {
          id: 'subids.overlap',
          severity: 'warning',
          title: 'Another user has the same subordinate ids',
          evidence: `${clash.owner} has ${show(clash)}, which overlaps those of ${user.name}`,
          hint: `Give ${clash.owner} another range in /etc/subuid and /etc/subgid while neither runs containers.`,
        },
        'Files of the containers of one belong to the containers of the other.',
      ),
    )
  }
  return verdict(said, ...findings)
}

function findClash(user: DoctorUser, ranges: readonly IdRange[]): IdRange | undefined {
  const isOwn = ({ owner }: IdRange) => owner === user.name || owner === String(user.uid)
  const own = ranges.filter(isOwn)
  return ranges.find(
    (other) =>
      !isOwn(other) &&
      own.some(({ start, count }) => other.start < start + count && start < other.start + other.count),
  )
}

export function checkLinger({ name }: DoctorUser, hasLinger: boolean, mode: Mode): Verdict {
  if (hasLinger) return verdict(`on for ${name}`)
  const finding = {
    id: 'linger.off',
    severity: 'warning',
    title: `The services of ${name} do not stay without a login`,
    evidence: `/var/lib/systemd/linger/${name} is not there`,
    fix: { label: 'Turn linger on', preview: `loginctl enable-linger ${name}` },
  } as const
  const meaning =
    mode === 'quadlet'
      ? 'The gateway does not start at boot, and may end when the last session of its user does.'
      : 'The container may end when the last session of its user does.'
  return verdict(`off for ${name}`, certain(finding, meaning))
}

export function checkUserManager({ name, uid }: DoctorUser, isUp: boolean, mode: Mode): Verdict {
  if (isUp) return verdict(`user@${uid}.service answers`)
  const finding = {
    id: 'user-manager.down',
    severity: mode === 'quadlet' ? 'error' : 'warning',
    title: `The systemd of ${name} does not run`,
    evidence: `there is no socket /run/user/${uid}/bus`,
    fix: { label: 'Start it', preview: `systemctl start user@${uid}.service` },
  } as const
  const meaning =
    mode === 'quadlet'
      ? 'Nothing keeps the gateway: its unit is a unit of this systemd.'
      : 'Containers are started outside of any control group of their user.'
  return verdict('no answer', certain(finding, meaning))
}

/** As the host tells of them. */
export interface OddFile {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'other'
  readonly uid: number
  readonly mode: number
}

export interface GuardedPaths {
  readonly configDir: string
  readonly envFile: string
  readonly configFile: string
}

const OPEN_BITS = 0o077
const OWN_BITS = { file: 0o600, directory: 0o700, other: 0o600 } as const

/**
 * What lies below the config directory and is not the user's, is open to others though it holds secrets, or is closed to
 * the user itself.
 */
export function checkFiles(user: DoctorUser, paths: GuardedPaths, odd: readonly OddFile[]): Verdict {
  const ofRoot = odd.filter(({ uid }) => uid === 0)
  const ofOthers = odd.filter(({ uid }) => uid !== 0 && uid !== user.uid)
  const own = odd.filter(({ uid }) => uid === user.uid)
  const locked = own.filter(isLocked)
  const open = own.filter((file) => !isLocked(file) && (file.mode & OPEN_BITS) !== 0)
  const findings = [
    ...rootFinding(user, paths, ofRoot),
    ...otherFinding(user, paths, ofOthers),
    ...locked.map((file) => lockedFinding(user, paths, file)),
    ...openFindings(paths, open),
  ]
  const said =
    odd.length === 0
      ? `all of ${paths.configDir} is ${user.name}’s`
      : someOf(
          odd.map(({ path, uid, mode }) => `${path} (uid ${uid}, mode ${octal(mode)})`),
          2,
        )
  return verdict(said, ...findings)
}

function rootFinding(user: DoctorUser, paths: GuardedPaths, files: readonly OddFile[]): Draft[] {
  if (files.length === 0) return []
  const names = files.map(({ path }) => path)
  const isVital = names.some((name) => [paths.envFile, paths.configFile, paths.configDir].includes(name))
  return [
    certain(
      {
        id: 'files.root-owned',
        severity: isVital ? 'error' : 'warning',
        title: 'Files of the gateway belong to root',
        evidence: someOf(names),
        fix: {
          label: `Give them back to ${user.name}`,
          preview: `chown --from=root ${user.name}: ${someOf(names)}`,
        },
      },
      isVital
        ? 'The gateway cannot read or change them; at the next start it fails.'
        : 'The gateway cannot change them, or not even read them.',
    ),
  ]
}

function otherFinding(user: DoctorUser, { configDir }: GuardedPaths, files: readonly OddFile[]): Draft[] {
  const [first] = files
  if (!first) return []
  return [
    likely(
      {
        id: 'files.foreign-owner',
        severity: 'info',
        title: 'Files of the gateway belong to another user',
        evidence: `${someOf(files.map(({ path }) => path))}, for example to uid ${first.uid}`,
        hint: `If they are not meant so: sudo chown -R ${user.name}: ${shellQuote(configDir)}`,
      },
      'Another user namespace leaves such files; the gateway may not be able to change them.',
    ),
  ]
}

function isLocked({ kind, mode }: OddFile): boolean {
  return (mode & OWN_BITS[kind]) !== OWN_BITS[kind]
}

/** A chmod too far: the owner is who should be, and may not use it. */
function lockedFinding({ name }: DoctorUser, paths: GuardedPaths, { path, kind, mode }: OddFile): Draft {
  const wanted = kind === 'directory' ? '0700' : '0600'
  const topic = topicOf(path, paths)
  const mend =
    topic === 'directory'
      ? { fix: { label: `Open it to ${name} (${wanted})`, preview: `chmod ${wanted} ${path}` } }
      : { hint: `Give it back its rights: sudo -u ${name} chmod ${wanted} ${shellQuote(path)}` }
  return certain(
    {
      id: `files.${topic}-${topic === 'directory' ? 'mode' : 'locked'}`,
      severity: 'error',
      title: `${name} may not use ${path}`,
      evidence: `its mode is ${octal(mode)}`,
      ...mend,
    },
    'Neither the gateway nor the panel can read or write it.',
  )
}

function topicOf(path: string, { envFile, configFile }: GuardedPaths): 'env' | 'config' | 'directory' {
  return path === envFile ? 'env' : path === configFile ? 'config' : 'directory'
}

function openFindings(paths: GuardedPaths, files: readonly OddFile[]): Draft[] {
  return files.map(({ path, mode, kind }) => {
    const wanted = kind === 'directory' ? '0700' : '0600'
    return certain(
      {
        id: `files.${topicOf(path, paths)}-mode`,
        severity: 'warning',
        title: `${path} is open to others`,
        evidence: `its mode is ${octal(mode)}`,
        fix: { label: `Close it (${wanted})`, preview: `chmod ${wanted} ${path}` },
      },
      'Other users of this machine may read the token and the keys in it.',
    )
  })
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
