/**
 * The ownership agent: the one program that changes owners below a user's home. It is started by give-back.ts as root in
 * a mount namespace of its own. There it mounts the file system once more, with `nosymfollow,nodev,nosuid`, and starts
 * itself anew as the user with CAP_CHOWN and CAP_DAC_READ_SEARCH and nothing else, to do the work in that mount.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { giveBack, type Owner } from './give-back.ts'

interface Order {
  readonly owner: Owner
  /** A mount point on the way to the directories. */
  readonly mountPoint: string
  /** An empty directory of root's. */
  readonly mountAt: string
  /** Paths below the mount point, each beginning with a slash. */
  readonly directories: readonly string[]
}

const CAPABILITIES = '-all,+chown,+dac_read_search'
const MAX_OUTPUT_BYTES = 33_554_432

function prepare(order: Order, input: string): number {
  const { owner, mountPoint, mountAt } = order
  run(['mount', '--bind', '--options', 'nosymfollow,nodev,nosuid', '--', mountPoint, mountAt])
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .findLast((mount) => mount.split(' ')[4] === mountAt)
  const options = line?.split(' ')[5]?.split(',') ?? []
  if (!['nosymfollow', 'nodev', 'nosuid'].every((option) => options.includes(option)))
    throw new Error(`${mountAt} is mounted without nosymfollow, nodev and nosuid`)
  const work = [
    'setpriv',
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    `--bounding-set=${CAPABILITIES}`,
    `--inh-caps=${CAPABILITIES}`,
    `--ambient-caps=${CAPABILITIES}`,
    '--no-new-privs',
    '--pdeathsig=KILL',
    '--',
    process.execPath,
    process.argv[1] ?? '',
    'work',
  ] as const
  const [program, ...args] = work
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  if (error) throw error
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  return status ?? 1
}

function run([program, ...args]: readonly [string, ...string[]]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} exited with ${status}: ${stderr.trim()}`)
}

function work({ owner, mountAt, directories }: Order): void {
  if (process.getuid?.() !== owner.uid) throw new Error('this is not the user it is for')
  process.stdout.write(
    JSON.stringify(directories.map((directory) => giveBack(`${mountAt}${directory}`, owner))),
  )
}

const input = readFileSync(0, 'utf8')
// Only root, or this program itself, starts it.
const order = JSON.parse(input) as Order
if (process.argv[2] === 'work') work(order)
else process.exitCode = prepare(order, input)
