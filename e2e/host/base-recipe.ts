import { createHash } from 'node:crypto'
import { type BaseLevel, type HostKind, KINDS, RELEASE_PACKAGES } from './kinds.ts'
import type { PackageAccess } from './outer-machine.ts'

/** One layer of a base: a debootstrapped release, or packages and a script over another layer. */
export interface BaseRecipe {
  /** Readable, for example `debian-13-ready`. */
  readonly name: string
  readonly suite: 'trixie' | 'bookworm'
  readonly parent: BaseRecipe | undefined
  readonly packages: readonly string[]
  /** Run by `sh -eu` inside a copy of the parent; its arguments are the packages. Not for a release. */
  readonly script: string
  readonly access: PackageAccess
  /** Whether other recipes are built over this one's tree, so that it is kept beside the image. */
  readonly isParent: boolean
  /** Changes whenever anything does that goes into the tree. */
  readonly key: string
}

const INSTALL = `
export DEBIAN_FRONTEND=noninteractive
# Nothing is to be started while a tree is built.
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
update-ca-certificates
apt-get update --quiet
apt-get upgrade --quiet --yes
if [ "$#" -gt 0 ]; then apt-get install --quiet --yes --no-install-recommends "$@"; fi
rm /usr/sbin/policy-rc.d
`

/** A machine that was installed a while ago has no fresh package lists: an installer must fetch them. */
const FORGET_LISTS = `
find /var/lib/apt/lists -type f -delete
`

/** Users of an ordinary machine, with subordinate ids as useradd(8) gives them. */
const ADD_USERS = `
for user in alice mallory; do useradd --create-home --shell /bin/bash "$user"; done
usermod --append --groups sudo alice
`

/**
 * Differences to a freshly installed Debian, each for a reason: no timer runs apt in the middle of an installer
 * journey; kernel modules are the outer machine's affair, and the failed unit would hide real failures;
 * each host makes its own machine id.
 */
const SETTLE_SYSTEMD = `
systemctl mask apt-daily.timer apt-daily-upgrade.timer systemd-modules-load.service
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id
`

/** Nobody can type a password into a journey. */
const TRUST_ALICE = `
printf 'alice ALL=(ALL:ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/alice
chmod 0440 /etc/sudoers.d/alice
`

/**
 * The recipe of a kind's base. `ready` is derived from `bare`, and `bare` from the release, so each release is
 * debootstrapped once.
 */
export function baseRecipe(kind: HostKind, level: BaseLevel, access: PackageAccess): BaseRecipe {
  const { suite, systemd, barePackages, readyPackages } = KINDS[kind]
  const release = layer({
    name: suite,
    suite,
    parent: undefined,
    packages: RELEASE_PACKAGES,
    script: '',
    access,
    isParent: true,
  })
  const bareScript = `${INSTALL}${ADD_USERS}${systemd ? SETTLE_SYSTEMD : ''}${FORGET_LISTS}`
  const bareParts = { packages: barePackages, script: bareScript, access, isParent: true }
  const bare = layer({ name: `${kind}-bare`, suite, parent: release, ...bareParts })
  if (level === 'bare') return bare
  const readyParts = {
    packages: readyPackages,
    script: `${INSTALL}${TRUST_ALICE}${FORGET_LISTS}`,
    access,
    isParent: false,
  }
  return layer({ name: `${kind}-ready`, suite, parent: bare, ...readyParts })
}

/** The tree's /etc/apt/sources.list: the same mirrors as the outer machine's, for the tree's release. */
export function aptSources(suite: string, access: PackageAccess): string {
  const lines = [`deb ${access.mirror} ${suite} main`, `deb ${access.mirror} ${suite}-updates main`]
  if (access.securityMirror !== undefined) lines.push(`deb ${access.securityMirror} ${suite}-security main`)
  return `${lines.join('\n')}\n`
}

function layer(parts: Omit<BaseRecipe, 'key'>): BaseRecipe {
  const { name, parent, packages, script, access } = parts
  // A release has nothing of the machine but what the mirror gave, so it outlives a change of certificates.
  const inputs =
    parent === undefined ? { name, packages, mirror: access.mirror } : { ...parts, parent: parent.key }
  const hashed = JSON.stringify({ ...inputs, script })
  return { ...parts, key: createHash('sha256').update(hashed).digest('hex').slice(0, 16) }
}
