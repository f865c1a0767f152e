import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupEntry } from '../../contract/backups.ts'
import type { Operation, Status } from '../../contract/schemas.ts'
import { IS_FULL, SEED } from '../attacks/env-requests.ts'
import { seededRandom } from '../attacks/panel-client.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { awaitOperation, callApi, startOperation } from '../host/panel-api.ts'
import { type PanelHost, readStatus, readToken, seeTokenTaken, startPanel } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { buildImage } from './image-files.ts'

const random = seededRandom(SEED)
const KEPT = '/home/razroom/.razroom/workspace/kept'
const OTHER_IMAGE = 'localhost/two:1'

/** Numbers of the steps after which the daemon is killed: in the gate so many by chance, with --full all of them. */
function pickSteps(count: number, inGate: number): number[] {
  const all = Array.from({ length: count }, (_, step) => step)
  if (IS_FULL) return all
  return all
    .map((step) => ({ step, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, inGate)
    .map(({ step }) => step)
    .sort((a, b) => a - b)
}
/** What is killed, by turns: the root half alone, which the front follows; the front alone; both at once. */
const HALVES = ['both', 'front', 'root'] as const
const SETUP = { image: { kind: 'bundled' }, mode: 'quadlet' } as const

async function readState(panel: PanelHost) {
  return JSON.parse((await panel.host.run(['cat', '/var/lib/razroom-panel/state.json'])).stdout) as {
    created: string[]
    settings: { image: unknown }
    imageSwitch: unknown
  }
}

/**
 * Whether a step back from the other image was over before the kill. The disk alone says so: the operation is told as
 * running for a moment after its last step has written that.
 */
async function isBack(panel: PanelHost): Promise<boolean> {
  const { imageSwitch, settings } = await readState(panel)
  return imageSwitch === null && JSON.stringify(settings.image) === JSON.stringify(SETUP.image)
}

/** What a run leaves behind, without what differs from run to run. */
async function readEndState(panel: PanelHost) {
  const { gateway, image, restartRequired } = await readStatus(panel)
  // Of what is on its way out while it is listed, nothing is said.
  const find = [
    'find',
    '/home/razroom',
    '-ignore_readdir_race',
    '-path',
    '*/containers/storage',
    '-prune',
    '-o',
  ]
  const files = (await panel.host.run([...find, '-printf', '%P %y %m %u\\n'])).stdout
  const state = await readState(panel)
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

/** Waits for the same end: a state file or a unit may be on its way there. */
async function seeSameEnd(panel: PanelHost, end: unknown, what: string): Promise<void> {
  await expect.poll(() => readEndState(panel), { message: what, timeout: 60_000 }).toEqual(end)
}

let kills = 0
/** Ends the next of the halves by SIGKILL, and starts the daemon again. */
async function killAndStart(panel: PanelHost): Promise<void> {
  await panel.kill(HALVES[kills % HALVES.length])
  kills += 1
  await panel.start()
}

/** Starts the operation, kills as soon as the step is over. */
async function interrupt(panel: PanelHost, key: string, body: object, step: number): Promise<void> {
  const id = await startOperation(panel, key, body)
  await awaitOperation(panel, id, `step ${step} is over`, ({ steps, state }) => {
    return state !== 'running' || ['done', 'unchanged', 'failed'].includes(steps[step]?.state ?? 'failed')
  })
  await killAndStart(panel)
}

/** What a useradd that is killed leaves: an entry in passwd(5), none in the other files, and no home. */
const CUT_OFF_USERADD = `#!/bin/sh
/usr/sbin/useradd "$@"
sed -i '/^razroom:/d' /etc/shadow /etc/group /etc/gshadow
rm -r /home/razroom
touch /run/cut-off
sleep 600
`

/** Kills the daemon while it makes the user. */
async function cutOffUseradd(panel: PanelHost): Promise<void> {
  // Found before the real one.
  const program = '/usr/local/sbin/useradd'
  await panel.host.run(['tee', program], { input: CUT_OFF_USERADD })
  await panel.host.run(['chmod', '755', program])
  await startOperation(panel, 'POST /api/setup', SETUP)
  await waitUntil('the user is half made', 120_000, async () => {
    return (await panel.host.run(['test', '-e', '/run/cut-off'], { reject: false })).exitCode === 0
  })
  await panel.host.run(['rm', program])
  await killAndStart(panel)
}

async function complete(panel: PanelHost, key: string, body: object): Promise<Operation> {
  const id = await startOperation(panel, key, body)
  const ended = await awaitOperation(panel, id, 'has ended', ({ state }) => state !== 'running')
  expect(ended, JSON.stringify(ended.problem)).toMatchObject({ state: 'succeeded' })
  // The services of systemd are told last.
  await waitUntil('the gateway is healthy', 120_000, async () => (await readStatus(panel)).gateway.healthy)
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
    ;[disturbed, quiet] = await Promise.all([boot(), boot()])
  })
  afterAll(async () => {
    for (const host of hosts) await host.destroy()
  })

  it('after any step of setup: the next run ends as an undisturbed one', async () => {
    const { steps } = await complete(quiet, 'POST /api/setup', SETUP)
    await cutOffUseradd(disturbed)
    for (const step of pickSteps(steps.length, 1)) await interrupt(disturbed, 'POST /api/setup', SETUP, step)
    await complete(disturbed, 'POST /api/setup', SETUP)
    await seeSameEnd(disturbed, await readEndState(quiet), `seed ${SEED}`)
    await seeTokenTaken(disturbed.host, await readToken(disturbed))
  })

  it('after any step of a mode switch, to and fro: the same', async () => {
    const token = await readToken(disturbed)
    const container = await complete(quiet, 'POST /api/mode', { mode: 'container' })
    const inContainer = await readEndState(quiet)
    await complete(quiet, 'POST /api/mode', { mode: 'quadlet' })
    const asService = await readEndState(quiet)
    for (const step of pickSteps(container.steps.length, 1)) {
      for (const [mode, end] of [
        ['container', inContainer],
        ['quadlet', asService],
      ] as const) {
        await interrupt(disturbed, 'POST /api/mode', { mode }, step)
        await complete(disturbed, 'POST /api/mode', { mode })
        await seeSameEnd(disturbed, end, `${mode}, after step ${step}`)
      }
    }
    expect(await readToken(disturbed)).toBe(token)
    await seeTokenTaken(disturbed.host, token)
    expect(isQuiet(await readStatus(disturbed))).toBe(true)
  })

  it.runIf(IS_FULL)(
    'after any step of a rotation: the next one ends with a token that the gateway takes',
    async () => {
      const { steps } = await complete(quiet, 'POST /api/token/rotate', {})
      const end = await readEndState(quiet)
      for (const step of pickSteps(steps.length, 1)) {
        await interrupt(disturbed, 'POST /api/token/rotate', {}, step)
        // Half a rotation is one, too: the files and the gateway agree on a token, or the next one mends that.
        await complete(disturbed, 'POST /api/token/rotate', {})
        await seeSameEnd(disturbed, end, `after step ${step}, seed ${SEED}`)
        await seeTokenTaken(disturbed.host, await readToken(disturbed))
      }
    },
  )

  it('after any step of an update and of the step back: the same', async () => {
    const update = { image: { kind: 'registry', reference: OTHER_IMAGE } }
    for (const panel of [quiet, disturbed]) await buildImage(panel, OTHER_IMAGE, 'good')
    const before = await readEndState(quiet)
    const updated = await complete(quiet, 'POST /api/image/update', update)
    const after = await readEndState(quiet)
    const back = await complete(quiet, 'POST /api/image/rollback', {})
    await seeSameEnd(quiet, before, 'a step back')
    const there = pickSteps(updated.steps.length, 1)
    const andBack = pickSteps(back.steps.length, 1)
    for (let round = 0; round < Math.max(there.length, andBack.length); round += 1) {
      const [step, backStep] = [there[round], andBack[round]]
      if (step !== undefined) await interrupt(disturbed, 'POST /api/image/update', update, step)
      await complete(disturbed, 'POST /api/image/update', update)
      await seeSameEnd(disturbed, after, `update, after step ${step}, seed ${SEED}`)
      if (backStep !== undefined) await interrupt(disturbed, 'POST /api/image/rollback', {}, backStep)
      // A step back after one that had ended would go forward again.
      if (!(await isBack(disturbed))) await complete(disturbed, 'POST /api/image/rollback', {})
      await seeSameEnd(disturbed, before, `step back, after step ${backStep}, seed ${SEED}`)
    }
  })

  // In the gate backup.test.ts kills one in the middle.
  it.runIf(IS_FULL)('after any step of a restore: the next one brings everything back', async () => {
    const spoil = (panel: PanelHost) => panel.host.run(['rm', KEPT])
    const makeBackup = async (panel: PanelHost): Promise<{ name: string }> => {
      await panel.host.run(['sh', '-c', 'echo kept > "$0"', KEPT], { user: 'razroom' })
      await panel.cli('backup')
      await spoil(panel)
      const [newest] = (await callApi(panel, 'GET /api/backups')).body as BackupEntry[]
      return { name: newest?.name ?? '' }
    }
    const ofQuiet = await makeBackup(quiet)
    const request = await makeBackup(disturbed)
    const { steps } = await complete(quiet, 'POST /api/restore', ofQuiet)
    const end = await readEndState(quiet)
    for (const step of pickSteps(steps.length, 1)) {
      await interrupt(disturbed, 'POST /api/restore', request, step)
      await complete(disturbed, 'POST /api/restore', request)
      await seeSameEnd(disturbed, end, `after step ${step}, seed ${SEED}`)
      expect((await disturbed.host.run(['cat', KEPT])).stdout).toBe('kept')
      await spoil(disturbed)
    }
  })

  it('never takes the gateway with it', async () => {
    const before = (await readStatus(disturbed)).gateway.since
    for (let times = 0; times < (IS_FULL ? 20 : 3); times += 1) await killAndStart(disturbed)
    expect((await readStatus(disturbed)).gateway.since).toBe(before)
    expect((await callApi(disturbed, 'GET /api/status')).status).toBe(200)
  })
})
