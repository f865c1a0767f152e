import { basename, dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { IS_FULL, SEED } from '../attacks/env-requests.ts'
import { seededRandom } from '../attacks/panel-client.ts'
import type { SoakOrders, SoakProgress, SoakWindow } from '../attacks/soak-client.ts'
import { LOG_DIRECTORY, soakScript } from '../attacks/soak-writer.ts'
import { AS_RAZROOM } from '../host/host-test-kit.ts'
import { waitUntil } from '../host/wait-until.ts'
import { insideArgv, type LogHost } from './log-host.ts'

/** What happens to the writer, and to the panel between it and the reader. */
const BLOWS = ['restart', 'recreate', 'kill', 'front', 'root', 'agent'] as const
type Blow = (typeof BLOWS)[number]

interface Soak {
  readonly lines: number
  readonly drops: number
  readonly blows: Readonly<Record<Blow, number>>
  /** At which conmon begins a new file. */
  readonly fileMegabytes: number
  readonly megabytesPerSecond: number
}
const SHORT: Soak = {
  lines: 250_000,
  drops: 5,
  blows: { restart: 2, recreate: 1, kill: 1, front: 1, root: 1, agent: 1 },
  fileMegabytes: 2,
  megabytesPerSecond: 10,
}
const FULL: Soak = {
  lines: 10_000_000,
  drops: 20,
  blows: { restart: 30, recreate: 10, kill: 10, front: 3, root: 3, agent: 3 },
  fileMegabytes: 8,
  megabytesPerSecond: 40,
}
/** Of a row, some 45 of which are what conmon writes before the text. */
const ROW_BYTES = 95
const ACK_DIRECTORY = '/srv/soak'
const AGENT = 'user-agent'

/** Every line once, whole and in its turn at the client, whatever happens between. The gateway is stopped for it. */
export function itSoaks(open: () => LogHost): void {
  const soak = IS_FULL ? FULL : SHORT
  it(`brings ${soak.lines} lines once and in their turn, whatever happens between (RAZROOM_TEST_SEED=${SEED})`, {
    timeout: IS_FULL ? 900_000 : 600_000,
  }, async () => {
    const { panel } = open()
    await panel.cli('stop')
    const image = (await panel.podman('inspect', '--format', '{{.ImageName}}', 'razroom')).trim()
    await panel.host.run(['mkdir', '--mode=0755', ACK_DIRECTORY])
    const client = await openClient(open(), soak)
    try {
      await writeAndHit(open(), soak, client, image)
      const told = client.progress()
      console.log(`soak: ${JSON.stringify({ ...told, seconds: client.seconds() })}`)
      const { blows } = soak
      const runs = 1 + blows.restart + blows.recreate + blows.kill
      expect(told).toMatchObject({
        gaps: [],
        faults: [],
        runs,
        ended: runs - blows.kill,
        dropped: soak.drops,
      })
      expect(told.lines).toBeGreaterThanOrEqual(soak.lines)
      expect(told.lost).toBeGreaterThanOrEqual(blows.front + blows.root)
      expect(told.files).toBeGreaterThan((soak.lines * ROW_BYTES) / (soak.fileMegabytes * 2_000_000))
    } finally {
      await client.end()
      await panel.host.run([...AS_RAZROOM, 'podman', 'rm', '--force', '--time=0', 'soak'], { reject: false })
    }
  })
}

/** podman on the shell of the gateway's user; what it starts outlives the unit it runs in (docs/facts/podman-and-systemd.md). */
const podman = async ({ panel }: LogHost, ...args: string[]): Promise<string> =>
  (await panel.host.run([...AS_RAZROOM, '--property=KillMode=process', 'podman', ...args])).stdout

/** Starts the writer, and strikes at its seeded places while the lines come. */
async function writeAndHit(open: LogHost, soak: Soak, client: SoakClient, image: string): Promise<void> {
  const { panel } = open
  const { fileMegabytes, megabytesPerSecond } = soak
  const linesOfFile = (fileMegabytes * 1_000_000) / ROW_BYTES
  // Three files are kept beside the one that is written to; while nobody keeps them, one more is begun at most.
  const [far, near] = [Math.floor(2 * linesOfFile), Math.floor(0.5 * linesOfFile)]
  const run = () =>
    podman(
      open,
      ...['run', '--detach', '--replace', '--name=soak', '--network=none', '--stop-timeout=30'],
      ...['--log-driver=k8s-file', `--log-opt=path=${open.logFile}`, `--log-opt=max-size=${fileMegabytes}mb`],
      ...[`--volume=${ACK_DIRECTORY}:/ack:ro`, `--volume=${dirname(open.logFile)}:${LOG_DIRECTORY}:ro`],
      // Root of the container is the gateway's user: nobody else may enter the directory of the log.
      ...['--user=0', '--entrypoint=node', image],
      ...['--eval', soakScript(basename(open.logFile), megabytesPerSecond * 1_000_000)],
    )
  const killPid = (pid: string | number) => panel.host.run(['kill', '-KILL', String(pid)])
  const strike: Readonly<Record<Blow, () => Promise<unknown>>> = {
    restart: () => podman(open, 'restart', 'soak'),
    recreate: run,
    kill: async () => {
      await podman(open, 'kill', '--signal=KILL', 'soak')
      await podman(open, 'wait', 'soak')
      await podman(open, 'start', 'soak')
    },
    front: async () => killPid(await panel.pid('front')),
    root: async () => killPid(await panel.pid('root')),
    agent: async () =>
      killPid((await panel.host.run(['pgrep', '--newest', '--uid=razroom', '--full', AGENT])).stdout.trim()),
  }
  await run()
  for (const { blow, at } of planBlows(soak)) {
    const isOfPanel = blow === 'front' || blow === 'root' || blow === 'agent'
    client.allow(isOfPanel ? near : far)
    await client.reach(at)
    if (isOfPanel) {
      // Or it could be away by itself just then.
      client.allow(near, false)
      await client.until('it stays', ({ isConnected, mayDrop }) => isConnected && !mayDrop)
    }
    const { connections, lines } = client.progress()
    // Nothing of it waits for the lines: they come while it happens.
    await strike[blow]()
    if (!isOfPanel) continue
    client.allow(0, false)
    if (blow !== 'agent')
      await client.until('it is connected again', (now) => now.connections > connections && now.isConnected)
    client.allow(near)
    await client.reach(lines + far)
  }
  client.allow(far)
  await client.reach(soak.lines)
  await podman(open, 'stop', 'soak')
  await client.until('the last run has ended', ({ ended, runs }) => ended === runs - soak.blows.kill)
}

/** The blows in a seeded order, each at its part of the lines. */
function planBlows({ blows, lines }: Soak): { blow: Blow; at: number }[] {
  const random = seededRandom(SEED)
  const all = BLOWS.flatMap((blow) => Array.from({ length: blows[blow] }, () => ({ blow, order: random() })))
  return all
    .toSorted((a, b) => a.order - b.order)
    .map(({ blow }, index) => ({ blow, at: Math.floor((lines * (index + 0.5)) / (all.length + 1)) }))
}

interface SoakClient {
  progress(): SoakProgress
  seconds(): number
  /** How many lines the writer may be ahead, and whether the client may drop its connection. */
  allow(lines: number, mayDrop?: boolean): void
  reach(lines: number): Promise<void>
  until(what: string, isReached: (now: SoakProgress) => boolean): Promise<void>
  end(): Promise<void>
}

/** The program inside the host that reads; it is connected when this returns. */
async function openClient({ panel, session }: LogHost, { drops, lines }: Soak): Promise<SoakClient> {
  const begun = Date.now()
  const program = await panel.host.spawn(insideArgv('soak-client.ts'))
  const orders: SoakOrders = { session, seed: SEED, drops, lines, ackFile: `${ACK_DIRECTORY}/ack.json` }
  const write = (document: SoakOrders | SoakWindow) => program.stdin.write(`${JSON.stringify(document)}\n`)
  let last: SoakProgress | undefined
  createInterface({ input: program.stdout }).on('line', (line) => {
    last = JSON.parse(line) as SoakProgress
  })
  let said = ''
  program.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const progress = (): SoakProgress => {
    if (last === undefined) throw new Error('the client has said nothing')
    return last
  }
  const until: SoakClient['until'] = async (what, isReached) => {
    await waitUntil(what, IS_FULL ? 300_000 : 120_000, () => {
      if (program.exitCode !== null) throw new Error(`the client ended: ${said}`)
      if (last && (last.faults.length > 0 || last.gaps.length > 0)) throw new Error(JSON.stringify(last))
      return last !== undefined && isReached(last)
    }).catch((cause: unknown) => {
      throw new Error(`${String(cause)}; RAZROOM_TEST_SEED=${SEED}; ${JSON.stringify(last)}`, { cause })
    })
  }
  write(orders)
  await until('the client follows', ({ isConnected }) => isConnected)
  return {
    progress,
    seconds: () => Math.round((Date.now() - begun) / 1000),
    allow: (window, mayDrop = true) => void write({ window, mayDrop }),
    reach: (count) => until(`${count} lines have come`, (now) => now.lines >= count),
    until,
    async end() {
      program.stdin.end()
      await waitUntil(
        'the client is gone',
        60_000,
        () => program.exitCode !== null || program.signalCode !== null,
      )
    },
  }
}
