/** The log: how fast, how late and how cheap it comes, beside `podman logs`, `tail` and `grep`. */
import { join } from 'node:path'
import { createHost, type TestHost } from '../e2e/host/host.ts'
import { AS_RAZROOM } from '../e2e/host/host-test-kit.ts'
import { type PanelHost, setUpBundled, startPanel } from '../e2e/host/panel-host.ts'
import { RELEASE_NODE } from '../e2e/host/panel-release.ts'
import type { ClientResult, Delays } from './log-client.ts'
import { readLoad } from './panel-load.ts'
import { type Figure, median } from './report.ts'

const LOG = '/home/razroom/.local/share/razroom/log/gateway.log'
const STORED_LINES = 1_000_000
const ROUNDS = 5
const LIVE_SECONDS = 10
/** A reader stays longer, for a busy machine starts its writer late: what that writes at last is not lost. */
const SLACK_SECONDS = 5
const TIMEOUT_MS = 300_000

interface Bench {
  readonly host: TestHost
  readonly panel: PanelHost
  /** Runs a command line of bash as the gateway's user. */
  asUser(script: string): Promise<string>
  client(...args: readonly (string | number)[]): Promise<ClientResult>
}

export async function benchLogs(): Promise<Figure[]> {
  const host = await createHost({ kind: 'debian-13' })
  try {
    const panel = await startPanel(host)
    await setUpBundled(panel)
    for (const name of ['log-client', 'log-writer', 'line-delays'])
      await host.copyIn(join(import.meta.dirname, `${name}.ts`), `/srv/bench-${name}.ts`, 'root')
    await host.run(['bash', '-c', 'chmod 0644 /srv/bench-*'])
    const bench: Bench = {
      host,
      panel,
      asUser: async (script) =>
        (await host.run([...AS_RAZROOM, 'bash', '-c', script], { timeoutMs: TIMEOUT_MS })).stdout,
      async client(...args) {
        const argv = [RELEASE_NODE, '/srv/bench-log-client.ts', ...args.map(String)]
        return JSON.parse((await host.run(argv, { timeoutMs: TIMEOUT_MS })).stdout) as ClientResult
      },
    }
    return [
      ...(await benchStored(bench)),
      ...(await benchSearch(bench)),
      ...(await benchStalled(bench)),
      ...(await benchLive(bench)),
    ]
  } finally {
    await host.destroy()
  }
}

/** One million lines that lie there, by turns. */
async function benchStored({ host, asUser, client }: Bench): Promise<Figure[]> {
  await asUser(`${RELEASE_NODE} /srv/bench-log-writer.ts ${LOG} store ${STORED_LINES}`)
  const ours: number[] = []
  const cpu: number[] = []
  const podman: number[] = []
  const tail: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await readLoad(host)
    const { lines, backlogMs, gaps } = await client(STORED_LINES)
    if (lines < STORED_LINES || gaps > 0) throw new Error(`${lines} lines came, ${gaps} gaps`)
    cpu.push((await readLoad(host)).cpuSeconds - before.cpuSeconds)
    ours.push(lines / (backlogMs / 1_000))
    podman.push(STORED_LINES / (await timeOf(asUser, `podman logs razroom | cat > /dev/null`)))
    tail.push(STORED_LINES / (await timeOf(asUser, `tail -n +1 ${LOG} | cat > /dev/null`)))
  }
  const value = median(ours)
  const what = 'stored 1 M lines to a client'
  return [
    {
      what,
      value,
      unit: 'lines/s',
      raw: { what: 'podman logs | cat', value: median(podman) },
      goal: { of: 'ratio', is: 'at least', limit: 8 },
    },
    {
      what,
      value,
      unit: 'lines/s',
      raw: { what: 'tail | cat', value: median(tail) },
      goal: { of: 'ratio', is: 'at least', limit: 0.3 },
    },
    {
      what: 'processor time of the panel for it',
      value: median(cpu),
      unit: 's',
      goal: { of: 'value', is: 'at most', limit: 0.4 },
    },
  ]
}

/** A text that is in the first line alone: the last place that is looked at. */
async function benchSearch({ panel, asUser }: Bench): Promise<Figure[]> {
  const grep: number[] = []
  const ours: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    grep.push((await timeOf(asUser, `grep -c "line 999999 of" ${LOG}`)) * 1_000)
    const begun = performance.now()
    await panel.cli('logs', '--grep', 'line 999999 of', '-n', '1')
    ours.push(performance.now() - begun)
  }
  return [
    {
      what: 'search in 1 M lines by the command line, its start included',
      value: median(ours),
      unit: 'ms',
      raw: { what: 'grep', value: median(grep) },
      goal: { of: 'value', is: 'at most', limit: 0.5 * median(grep) + 100 + 400 },
    },
  ]
}

/** Clients that ask for all and read nothing. */
async function benchStalled({ host, client }: Bench): Promise<Figure[]> {
  const measure = async (clients: number): Promise<number> => {
    const before = await readLoad(host)
    const stalled = Array.from({ length: clients }, () => client(STORED_LINES, '--stall', 8))
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const during = await readLoad(host)
    await Promise.all(stalled)
    return during.pssMegabytes - before.pssMegabytes
  }
  const figure = (clients: number, value: number, limit: number): Figure => ({
    what: `memory for ${clients} stalled client${clients === 1 ? '' : 's'}`,
    value,
    unit: 'MB',
    goal: { of: 'value', is: 'at most', limit },
  })
  return [figure(1, await measure(1), 12), figure(50, await measure(50), 64)]
}

/** Lines as they are written. */
async function benchLive(bench: Bench): Promise<Figure[]> {
  const { host, asUser, client } = bench
  const write = (perSecond: number): Promise<string> =>
    asUser(`${RELEASE_NODE} /srv/bench-log-writer.ts ${LOG} live ${perSecond} ${LIVE_SECONDS}`)
  const delays = async (command: string): Promise<Delays> => {
    const reading = asUser(
      `timeout ${LIVE_SECONDS + 3} ${command} | ${RELEASE_NODE} /srv/bench-line-delays.ts ${LIVE_SECONDS + 2}`,
    )
    await write(5_000)
    return JSON.parse(await reading) as Delays
  }
  const tail = await delays(`tail -n 0 -F ${LOG}`)
  const podman = await delays('podman logs -f --tail 0 razroom')
  const before = await readLoad(host)
  const reading = client(0, '--live', LIVE_SECONDS + SLACK_SECONDS)
  await write(5_000)
  const fast = await reading
  const cpu = ((await readLoad(host)).cpuSeconds - before.cpuSeconds) / LIVE_SECONDS
  const slowReading = client(0, '--live', LIVE_SECONDS + SLACK_SECONDS)
  await write(10)
  const slow = await slowReading
  const { p99 } = fast.delays
  return [
    {
      what: 'line written to frame received, 5,000 lines/s, p99',
      value: p99,
      unit: 'ms',
      raw: { what: 'tail -F', value: tail.p99 },
      goal: { of: 'value', is: 'at most', limit: tail.p99 + 10 },
    },
    {
      what: 'line written to frame received, 5,000 lines/s, p99',
      value: p99,
      unit: 'ms',
      raw: { what: 'podman logs -f', value: podman.p99 },
      goal: { of: 'ratio', is: 'at most', limit: 1 / 20 },
    },
    {
      what: 'the same at 10 lines/s, p50',
      value: slow.delays.p50,
      unit: 'ms',
      goal: { of: 'value', is: 'at most', limit: 3 },
    },
    {
      what: 'a core, while 5,000 lines/s are followed',
      value: cpu * 100,
      unit: '%',
      goal: { of: 'value', is: 'at most', limit: 4 },
    },
    {
      what: 'lines lost of those',
      value: 5_000 * LIVE_SECONDS - Math.min(5_000 * LIVE_SECONDS, fast.delays.count),
      unit: 'lines',
      goal: { of: 'value', is: 'at most', limit: 5_000 * LIVE_SECONDS * 0.001 },
    },
  ]
}

/** Wall time of a command line, s. */
async function timeOf(asUser: Bench['asUser'], script: string): Promise<number> {
  const stdout = await asUser(`TIMEFORMAT=%R; { time { ${script}; } > /dev/null; } 2>&1 | tail -n 1`)
  return Number(stdout)
}
