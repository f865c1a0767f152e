/** The daemon: how soon it answers, what it takes while nobody asks, and how long what is asked most takes. */
import { join } from 'node:path'
import { createHost, type TestHost } from '../e2e/host/host.ts'
import { setUpBundled, startPanel } from '../e2e/host/panel-host.ts'
import { RELEASE_NODE } from '../e2e/host/panel-release.ts'
import { memoryOf, readLoad } from './panel-load.ts'
import { type Figure, median } from './report.ts'

const TIMEOUT_MS = 300_000
const STARTS = 7
const READS = 500
const SAVES = 50
const IDLE_SECONDS = 60

export async function benchDaemon(): Promise<Figure[]> {
  const host = await createHost({ kind: 'debian-13' })
  try {
    const panel = await startPanel(host)
    await setUpBundled(panel)
    await host.copyIn(join(import.meta.dirname, 'daemon-client.ts'), '/srv/bench-daemon-client.ts', 'root')
    // First of all: it is after a setup that the halves are largest.
    const memory = await benchMemory(host, await panel.pid('front'))
    const idle = await benchIdle(host)
    const status = await measure(host, 'status', READS)
    const [env, answered] = [await measure(host, 'env', SAVES), await measure(host, 'env-answer', SAVES)]
    const [bare, starts] = [await measureNode(host), await measure(host, 'starts', STARTS)]
    return [
      {
        what: 'start of both halves to the first 200, p50',
        value: starts,
        unit: 'ms',
        raw: { what: 'node -e 0', value: bare },
        goal: { of: 'value', is: 'at most', limit: 250 },
      },
      ...memory,
      idle,
      figure('a read of the status, p50', status, 'ms', 3),
      figure('a save of 500 lines of .env, until it is in its place, p50', env, 'ms', 30),
      { what: 'the same, until it is answered: podman is asked', value: answered, unit: 'ms' },
    ]
  } finally {
    await host.destroy()
  }
}

const figure = (what: string, value: number, unit: string, limit: number): Figure => ({
  what,
  value,
  unit,
  goal: { of: 'value', is: 'at most', limit },
})

async function benchMemory(host: TestHost, front: number): Promise<Figure[]> {
  const all = (await readLoad(host)).pssMegabytes
  return [
    figure('memory of the front after a setup', await memoryOf(host, front), 'MB', 60),
    figure('memory of all after a setup', all, 'MB', 140),
  ]
}

async function benchIdle(host: TestHost): Promise<Figure> {
  const before = await readLoad(host)
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000))
  const used = (await readLoad(host)).cpuSeconds - before.cpuSeconds
  return figure('a core, while nobody asks', (used / IDLE_SECONDS) * 100, '%', 0.2)
}

async function measure(host: TestHost, what: string, times: number): Promise<number> {
  const argv = [RELEASE_NODE, '/srv/bench-daemon-client.ts', what, String(times)]
  const { stdout } = await host.run(argv, { timeoutMs: TIMEOUT_MS })
  return median(JSON.parse(stdout) as number[])
}

/** What a start of Node alone takes, ms. */
async function measureNode(host: TestHost): Promise<number> {
  const script = `TIMEFORMAT=%R; for round in $(seq ${STARTS}); do time ${RELEASE_NODE} -e 0; done`
  const { stderr } = await host.run(['bash', '-c', script], { timeoutMs: TIMEOUT_MS })
  return median(stderr.trim().split('\n').map(Number)) * 1_000
}
