import { access, constants, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { hasCode, isMissing } from './file-errors.ts'

/** What the outer machine knows about reaching Debian's packages; hosts take it over. */
export interface PackageAccess {
  /** URL of a Debian mirror, without a slash at the end. */
  readonly mirror: string
  /** URL of the security mirror; `undefined` when the machine uses none. */
  readonly securityMirror: string | undefined
  /** Lines for apt.conf: a proxy, and leniency about the age of a snapshot mirror. */
  readonly aptOptions: readonly string[]
  /** Certificates that the machine's administrator added (name and PEM), as behind an inspecting proxy. */
  readonly certificates: readonly { readonly name: string; readonly pem: string }[]
}

const PROGRAMS: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  slirp4netns: 'slirp4netns',
  ip: 'iproute2',
  'mkfs.ext4': 'e2fsprogs',
  losetup: 'mount',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
}

const TAKEN_APT_OPTIONS = [
  'Acquire::http::Proxy',
  'Acquire::https::Proxy',
  'Acquire::Check-Valid-Until',
  'Acquire::Check-Date',
]

/**
 * Checks that this process can build and boot hosts.
 * @throws saying which packages to install, or to run it as root
 */
export async function assertOuterMachine(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('disposable hosts need root: they mount, make namespaces and boot systemd. Use sudo.')
  }
  const missing: string[] = []
  for (const [program, debianPackage] of Object.entries(PROGRAMS)) {
    if (!(await isProgram(program))) missing.push(debianPackage)
  }
  if (missing.length > 0) {
    throw new Error(`disposable hosts need more packages: apt-get install ${[...new Set(missing)].join(' ')}`)
  }
}

async function isProgram(name: string): Promise<boolean> {
  for (const directory of (process.env.PATH ?? '').split(':')) {
    try {
      await access(join(directory, name), constants.X_OK)
      return true
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error
    }
  }
  return false
}

/**
 * Reads mirrors and certificates from this machine's own settings. `RAZROOM_E2E_MIRROR` names a Debian mirror
 * where the machine itself is not a Debian.
 * @throws when no Debian mirror is known
 */
export async function readPackageAccess(): Promise<PackageAccess> {
  const rows = await readAptTargets()
  const uriOf = (label: string) =>
    rows.find(([origin, rowLabel]) => origin === 'Debian' && rowLabel === label)?.[2]?.replace(/\/$/, '')
  const mirror = process.env.RAZROOM_E2E_MIRROR ?? uriOf('Debian')
  if (mirror === undefined) {
    throw new Error(
      "this machine's apt knows no Debian mirror: run apt-get update, or name one in RAZROOM_E2E_MIRROR",
    )
  }
  return {
    mirror,
    securityMirror: uriOf('Debian-Security'),
    aptOptions: await readAptOptions(),
    certificates: await readCertificates('/usr/local/share/ca-certificates'),
  }
}

/** Origin, label and address of what apt knows; nothing where there is no apt. */
async function readAptTargets(): Promise<string[][]> {
  if (!(await isProgram('apt-get'))) return []
  const format = '$(ORIGIN)\t$(LABEL)\t$(REPO_URI)'
  const targets = await execa('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  return targets.stdout.split('\n').map((line) => line.split('\t'))
}

async function readAptOptions(): Promise<string[]> {
  if (!(await isProgram('apt-config'))) return []
  const dump = await execa('apt-config', ['dump', ...TAKEN_APT_OPTIONS])
  return dump.stdout
    .split('\n')
    .filter((line) => TAKEN_APT_OPTIONS.some((name) => line.startsWith(`${name} `)))
}

async function readCertificates(directory: string): Promise<{ name: string; pem: string }[]> {
  let names: string[]
  try {
    names = await readdir(directory)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  const files = names.filter((name) => name.endsWith('.crt')).sort()
  return Promise.all(
    files.map(async (name) => ({ name, pem: await readFile(join(directory, name), 'utf8') })),
  )
}
