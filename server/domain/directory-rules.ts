/** Where the gateway's directories may lie. */
import { isMountablePath } from './container-grammar.ts'

/** Directories of the system: neither they nor, with `deep`, anything below them is a place for a gateway's files. */
const SYSTEM: ReadonlyArray<{ readonly path: string; readonly deep: boolean }> = [
  ...[
    '/bin',
    '/boot',
    '/dev',
    '/etc',
    '/lib',
    '/lib32',
    '/lib64',
    '/libx32',
    '/proc',
    '/run',
    '/sbin',
    '/sys',
    '/usr',
  ].map((path) => ({ path, deep: true })),
  ...[
    '/',
    '/home',
    '/media',
    '/mnt',
    '/opt',
    '/root',
    '/srv',
    '/tmp',
    '/var',
    '/var/lib',
    '/var/tmp',
    '/var/log',
  ].map((path) => ({ path, deep: false })),
]

/** Files and directories a gateway keeps in its config directory (docs/facts/razroom-gateway.md, Files). */
const GATEWAY_NAMES =
  /^(razroom\.json.*|\.env.*|workspace|credentials|identity|devices|agents|cron|logs|canvas|update-check\.json|lost\+found)$/

/** The path without slashes at its end or twice in a row, and without `.` parts. */
export function plainPath(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`
}

/**
 * Why this directory cannot be the gateway's, or null when nothing is against it as far as its path tells.
 * @param path as it was asked for
 * @param home of the gateway's user
 */
export function directoryObstacle(path: string, home: string | null): string | null {
  if (!isMountablePath(path)) return `it must be an absolute path without ':', ',', '"' and '..'`
  const plain = plainPath(path)
  const system = SYSTEM.find(
    (entry) => plain === entry.path || (entry.deep && plain.startsWith(`${entry.path}/`)),
  )
  if (system !== undefined) return `${plain} belongs to the system`
  if (home !== null && `${plainPath(home)}/`.startsWith(`${plain}/`))
    return `${plain} is the home of the gateway’s user, or above it`
  return null
}

/** Why these two cannot be config and workspace, or null. */
export function pairObstacle(configDir: string, workspaceDir: string): string | null {
  const [config, workspace] = [plainPath(configDir), plainPath(workspaceDir)]
  if (config === workspace) return `config and workspace cannot both be ${config}`
  if (config.startsWith(`${workspace}/`))
    return `the workspace ${workspace} would hold the configuration with its token`
  return null
}

/**
 * Names in a directory that are no gateway's, when it holds nothing that is: then it is somebody else's directory.
 * @param names in the directory that is to be the config directory
 */
export function foreignNames(names: readonly string[]): readonly string[] {
  return names.some((name) => GATEWAY_NAMES.test(name)) ? [] : names
}
