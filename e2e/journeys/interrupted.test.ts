import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation, Status } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { awaitOperation, callApi, startOperation } from '../host/panel-api.ts'
import { invokeTool, type PanelHost, readStatus, readToken, startPanel } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'

/** In the gate the daemon is killed after every third step, with --full after each. */
const STRIDE = process.env.RAZROOM_TEST_FULL === '1' ? 1 : 3
/** What is killed, by turns: the root half alone, which the front follows; the front alone; both at once. */
const HALVES = ['both', 'front', 'root'] as const
const SETUP = { image: { kind: 'bundled' }, mode: 'quadlet' } as const

/** What a run leaves behind, without what differs from run to run. */
async function readEndState(panel: PanelHost) {
  const { gateway, image, restartRequired } = await readStatus(panel)
  const find = ['find', '/home/razroom', '-path', '*/containers/storage', '-prune', '-o']
  const files = (await panel.host.run([...find, '-printf', '%P %y %m %u\\n'])).stdout
  const state = JSON.parse((await panel.host.run(['cat', '/var/lib/razroom-panel/state.json'])).stdout) as {
    created: string[]
    settings: unknown
  }
  return {
    gateway: { ...gateway, since: '', containerId: '', usage: null, usualStartMs: 0 },
    image: { source: image?.source, isRunning: image?.isRunning },
    restartRequired,
    files: files.split('\n').sort(),
    containers: await panel.podman('ps', '--all', '--format', '{{.Names}} {{.State}}'),
    created: [...state.created].sort(),
    settings: state.settings,
  }
}

let kills = 0
/** Ends the next of the halves by SIGKILL, and starts the daemon again. */
async function killAndStart(panel: PanelHost): Promise<void> {
  await panel.kill(HALVES[kills % HALVES.length])
  kills += 1
  await panel.start()
}

/** Starts the operation, and kills as soon as the step is over. */
async function interrupt(panel: PanelHost, key: string, body: object, step: number): Promise<void> {
  const id = await startOperation(panel, key, body)
  await awaitOperation(panel, id, `step ${step} is over`, ({ steps, state }) => {
    return state !== 'running' || ['done', 'unchanged', 'failed'].includes(steps[step]?.state ?? 'failed')
  })
  await killAndStart(panel)
}

async function complete(panel: PanelHost, key: string, body: object): Promise<Operation> {
  const id = await startOperation(panel, key, body)
  const ended = await awaitOperation(panel, id, 'has ended', ({ state }) => state !== 'running')
  expect(ended, JSON.stringify(ended.problem)).toMatchObject({ state: 'succeeded' })
  // The services of systemd are told last.
  await waitUntil('the gateway is healthy', 60_000, async () => (await readStatus(panel)).gateway.healthy)
  return ended
}

const isQuiet = ({ operationId }: Status): boolean => operationId === null

describe('a daemon that is killed in the middle', () => {
  let disturbed: PanelHost
  let quiet: PanelHost
  const hosts: TestHost[] = []
  const boot = async (): Promise<PanelHost> => {
    const host = await createHost({ kind: 'debian-13' })
    hosts.push(host)
    return startPanel(host)
  }
  beforeAll(async () => {
    disturbed = await boot()
    quiet = await boot()
  })
  afterAll(async () => {
    for (const host of hosts) await host.destroy()
  })

  it('after any step of setup: the next run ends as an undisturbed one', async () => {
    const { steps } = await complete(quiet, 'POST /api/setup', SETUP)
    for (let step = 0; step < steps.length; step += STRIDE)
      await interrupt(disturbed, 'POST /api/setup', SETUP, step)
    await complete(disturbed, 'POST /api/setup', SETUP)
    expect(await readEndState(disturbed)).toEqual(await readEndState(quiet))
    expect(await invokeTool(disturbed.host, await readToken(disturbed))).toBe(200)
  })

  it('after any step of a mode switch, to and fro: the same', async () => {
    const token = await readToken(disturbed)
    const container = await complete(quiet, 'POST /api/mode', { mode: 'container' })
    const inContainer = await readEndState(quiet)
    await complete(quiet, 'POST /api/mode', { mode: 'quadlet' })
    const asService = await readEndState(quiet)
    for (let step = 0; step < container.steps.length; step += STRIDE) {
      for (const [mode, end] of [
        ['container', inContainer],
        ['quadlet', asService],
      ] as const) {
        await interrupt(disturbed, 'POST /api/mode', { mode }, step)
        await complete(disturbed, 'POST /api/mode', { mode })
        expect(await readEndState(disturbed), `${mode}, after step ${step}`).toEqual(end)
      }
    }
    expect(await readToken(disturbed)).toBe(token)
    expect(await invokeTool(disturbed.host, token)).toBe(200)
    expect(isQuiet(await readStatus(disturbed))).toBe(true)
  })

  it('never takes the gateway with it', async () => {
    const before = (await readStatus(disturbed)).gateway.since
    for (let times = 0; times < (STRIDE === 1 ? 20 : 3); times += 1) await killAndStart(disturbed)
    expect((await readStatus(disturbed)).gateway.since).toBe(before)
    expect((await callApi(disturbed, 'GET /api/status')).status).toBe(200)
  })
})
