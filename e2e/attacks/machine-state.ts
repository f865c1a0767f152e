/**
 * Runs inside a host, as root: prints a hash of each file that tells one state of the machine from another. What
 * changes by itself is left out: the storage of containers (podman is asked), the logs, that of who did what among them,
 * and when a session was last used.
 * Imports nothing but Node, for nothing else of the tests is in the host.
 */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

const ROOTS = ['/etc', '/home', '/root', '/var/lib/razroom-panel', '/tmp', '/usr/local/bin', '/var/spool']
const MOVING =
  /\/containers\/(storage|cache)(\/|$)|\/log\/gateway\.log(\.\d)?$|\/razroom-panel\/audit(\/|$)|\/gateway\.(pid|lock)$|^\/tmp\/(systemd-private|\.)/
/** A session's own time of last use is no change of the machine. */
const USE = /"(lastSeenAt|stepUpUntil)": ?\d+/g

function describe(path: string): string {
  const { mode, uid, gid, size } = lstatSync(path)
  const kind = mode & 0o170000
  const head = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
  if (kind === 0o120000) return `link ${readlinkSync(path)}`
  if (kind !== 0o100000) return head
  const bytes = path.endsWith('/state.json')
    ? readFileSync(path, 'utf8').replaceAll(USE, '')
    : readFileSync(path)
  const length = path.endsWith('/state.json') ? '' : ` ${size}`
  return `${head}${length} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`
}

function walk(path: string, found: Record<string, string>): void {
  if (MOVING.test(path)) return
  try {
    found[path] = describe(path)
    if (!lstatSync(path).isDirectory()) return
    for (const name of readdirSync(path)) walk(join(path, name), found)
  } catch (error) {
    // Gone between the list and the look: the next state shows whether that matters.
    found[path] = (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

const found: Record<string, string> = {}
for (const root of ROOTS) walk(root, found)
process.stdout.write(JSON.stringify(found))
