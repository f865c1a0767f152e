/**
 * Runs inside a host, as root: saves `.env` again and again and ends the agent that writes it, or a half of the daemon,
 * by SIGKILL in the middle. Takes its orders as JSON on stdin and prints what it saw.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { callPanel, readApiToken, seededRandom } from './panel-client.ts'

/** Kilobytes of the file: the longer a write lasts, the likelier a kill meets it. */
const KILOBYTES = 300
const LIMIT_MS = 60_000

export interface KillOrders {
  readonly envFile: string
  readonly seed: number
  readonly rounds: number
  /** Every so many rounds a half of the daemon is killed in place of the agent, by turns. */
  readonly daemonEvery: number
  /** Starts the daemon again. */
  readonly startDaemon: readonly string[]
}

export interface KillReport {
  readonly agentKills: number
  readonly daemonKills: number
  /** Kills that left a temp file: they came in the middle of a write. */
  readonly tempsLeft: number
  /** Kills after which the file was the old one, and the new one. */
  readonly old: number
  readonly new: number
  /** Rounds after which it was neither: none may be. */
  readonly torn: readonly string[]
  /** What the directory had besides its own files at the end, after one more save. */
  readonly strays: readonly string[]
  readonly lastStatus: number
  readonly mode: string
}

const orders = JSON.parse(await text(process.stdin)) as KillOrders
const { envFile } = orders
const directory = dirname(envFile)
const random = seededRandom(orders.seed)
const token = readApiToken()
const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
const currentHash = (): string => hashOf(readFileSync(envFile))
const temps = (): string[] =>
  readdirSync(directory).filter((name) => name.startsWith(`.${basename(envFile)}.`))

/** Each line tells its round, so that a mixture of two rounds is neither of them. */
function bodyOf(round: number): string {
  const line = (index: number) =>
    `FILL_${String(index).padStart(5, '0')}=${String(round).padStart(8, '0').repeat(12)}\n`
  return `# round ${round}\n${Array.from({ length: Math.ceil((KILOBYTES * 1024) / 109) }, (_, index) => line(index)).join('')}`
}

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    // It has ended meanwhile.
    return ''
  }
}
type Half = 'front' | 'root'
const COMMAND_LINES = { front: /main\.js serve --port \d+$/, root: /main\.js serve --half root$/ } as const
const findHalf = (half: Half): number | undefined =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && COMMAND_LINES[half].test(readProc(`${entry}/cmdline`)))
    .map(Number)[0]
const findAgent = (root: number): number | undefined =>
  readProc(`${root}/task/${root}/children`)
    .split(' ')
    .filter((pid) => readProc(`${pid}/cmdline`).endsWith('user-agent.js'))
    .map(Number)[0]
/** Gone, or a zombie that nobody has looked at yet. */
const isGone = (pid: number): boolean => !/^\d+ \(.*\) [^Z]/.test(readProc(`${pid}/stat`))

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + LIMIT_MS; ; await sleep(5)) {
    const seen = await look()
    if (seen !== undefined) return seen
    if (Date.now() > deadline) throw new Error(`waited in vain until: ${what}`)
  }
}

interface Pids extends Record<Half, number> {
  readonly agent: number
}
/** Both halves and the agent, which a request has started when there was none. */
const readPids = (): Promise<Pids> =>
  until('there is an agent', async () => {
    const [front, root] = [findHalf('front'), findHalf('root')]
    await callPanel(token, { key: 'GET /api/token' })
    const agent = root === undefined ? undefined : findAgent(root)
    return front === undefined || root === undefined || agent === undefined
      ? undefined
      : { front, root, agent }
  })

const markOf = (): string => {
  const { ino, size, mtimeNs } = statSync(envFile, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

/**
 * The moment of the kill, by turns: at any time from the request on, as the temp file appears, a little later, and as
 * the file itself becomes another one, which a save in place would not survive. A save that is answered has no such moment.
 */
async function waitForMoment(round: number, isAnswered: () => boolean): Promise<void> {
  const kind = round % 4
  if (kind === 0) return sleep(random() * 60)
  const before = markOf()
  const isSeen = (): boolean => (kind === 3 ? markOf() !== before : temps().length > 0)
  for (const deadline = Date.now() + LIMIT_MS; !isSeen() && !isAnswered() && Date.now() < deadline; )
    await setImmediate()
  if (kind === 2) await sleep(random() * 6)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function restartDaemon(): Promise<void> {
  const [program = '', ...args] = orders.startDaemon
  await until('the daemon can be started again', () => {
    try {
      execFileSync(program, args, { stdio: 'ignore' })
      return true
    } catch {
      // systemd has not put away the unit of the one that was killed.
      return undefined
    }
  })
  await until('the daemon answers', async () =>
    (await callPanel(token, { key: 'GET /healthz' })).status === 200 ? true : undefined,
  )
}

/** The save of a round before may come late: its agent was killed before it wrote, and a later one did it. */
const sent = new Set<string>()

async function runRound(round: number, half: Half | null): Promise<'old' | 'new' | 'torn'> {
  const pids = await readPids()
  const { front, agent } = pids
  const before = currentHash()
  const body = bodyOf(round)
  const wanted = hashOf(body)
  const given = new AbortController()
  const { signal } = given
  let isAnswered = false
  const asked = { key: 'PUT /api/env', body: { text: body }, etag: before, signal }
  const save = callPanel(token, asked).finally(() => {
    isAnswered = true
  })
  await waitForMoment(round, () => isAnswered)
  kill(half === null ? agent : pids[half])
  await until('the agent is gone', () => (isGone(agent) ? true : undefined))
  const after = currentHash()
  // An answer to a save that was through is of no use here, and waits for podman.
  await Promise.race([save, sleep(30)])
  given.abort()
  if (half !== null) {
    // Without the root half it ends by itself.
    await until('the front is gone', () => (isGone(front) ? true : undefined))
    await restartDaemon()
  }
  sent.add(wanted)
  const isWhole = after === before || sent.has(after)
  if (!isWhole) return 'torn'
  return after === wanted ? 'new' : 'old'
}

const count = { old: 0, new: 0, agentKills: 0, daemonKills: 0, tempsLeft: 0 }
const torn: string[] = []
for (let round = 1; round <= orders.rounds; round += 1) {
  const isDaemon = round % orders.daemonEvery === 0
  const half = (round / orders.daemonEvery) % 2 === 0 ? 'front' : 'root'
  const outcome = await runRound(round, isDaemon ? half : null)
  count[isDaemon ? 'daemonKills' : 'agentKills'] += 1
  if (temps().length > 0) count.tempsLeft += 1
  if (outcome === 'torn') torn.push(`round ${round}: ${statSync(envFile).size} bytes`)
  else count[outcome] += 1
}
const { status: lastStatus } = await until('a save is possible again', async () => {
  const answer = await callPanel(token, {
    key: 'PUT /api/env',
    body: { text: '# the end\n' },
    etag: currentHash(),
  })
  return answer.status === 200 ? answer : undefined
})
const report: KillReport = {
  ...count,
  torn,
  strays: temps(),
  lastStatus,
  mode: (statSync(envFile).mode & 0o7777).toString(8),
}
process.stdout.write(JSON.stringify(report))
