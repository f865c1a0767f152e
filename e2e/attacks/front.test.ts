import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost, type TestHost } from '../host/host.ts'
import type { Half } from '../host/panel-daemon.ts'
import {
  loginLink,
  PANEL_URL,
  type PanelHost,
  readStatus,
  requestStatus,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { RELEASE_DIR, RELEASE_NODE } from '../host/panel-release.ts'
import { waitUntil } from '../host/wait-until.ts'

/** Kills of each half, by turns. */
const KILLS = process.env.RAZROOM_TEST_FULL === '1' ? 20 : 1
const USER = 'razroom-panel'
const PORT = 18780
const URL_6 = `http://[::1]:${PORT}`
/** Files that only root may read. */
const ROOTS_FILES = [
  '/var/lib/razroom-panel/state.json',
  '/var/lib/razroom-panel/api-token',
  '/etc/shadow',
  '/run/razroom-panel/control.sock',
]
/** Prints a word for each address: how a bind of the panel's port ended. */
const BIND = `
const { createServer } = require('node:net')
for (const host of ['127.0.0.1', '::1'])
  createServer().on('error', (error) => console.log(error.code)).listen(${PORT}, host, () => { console.log('TAKEN'); process.exit() })`

/** Fields of /proc/PID/status. */
async function readProcess(host: TestHost, pid: number): Promise<Map<string, string>> {
  const { stdout } = await host.run(['cat', `/proc/${pid}/status`])
  return new Map(stdout.split('\n').map((line) => line.split(/:\s*/, 2) as [string, string]))
}

async function expectWithoutRights(host: TestHost, pid: number): Promise<void> {
  const uid = (await host.run(['id', '--user', USER])).stdout
  const gid = (await host.run(['id', '--group', USER])).stdout
  const status = await readProcess(host, pid)
  expect(Number(uid)).toBeGreaterThan(0)
  expect(status.get('Uid')).toBe(Array(4).fill(uid).join('\t'))
  expect(status.get('Gid')).toBe(Array(4).fill(gid).join('\t'))
  expect(['', gid]).toContain(status.get('Groups')?.trim())
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
    expect(status.get(name), name).toBe('0000000000000000')
  expect(status.get('NoNewPrivs')).toBe('1')
  for (const path of ROOTS_FILES) {
    const read = await host.run(['test', '-r', path], { user: USER, cwd: '/', reject: false })
    expect(read.exitCode, path).not.toBe(0)
  }
}

/** Nobody gets the panel's port at either address. */
async function expectPortHeld(host: TestHost): Promise<void> {
  const { stdout } = await host.run([RELEASE_NODE, '--eval', BIND], { user: 'nobody', cwd: '/' })
  expect(stdout.split('\n')).toEqual(['EADDRINUSE', 'EADDRINUSE'])
}

/** For an answer that has to wait until a half has started. */
const PATIENTLY = ['--max-time', '60']
const isUp = async (host: TestHost): Promise<boolean> =>
  (await requestStatus(host, `${PANEL_URL}/healthz`, ...PATIENTLY)) === 200

describe('the front under systemd', () => {
  let host: TestHost
  let panel: PanelHost
  let jar = ''
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    jar = await mkdtemp(join(tmpdir(), 'front-test-'))
  })
  afterAll(async () => {
    await host?.destroy()
    if (jar !== '') await rm(jar, { recursive: true })
  })

  it.each([
    ['razroom-panel.service', 2],
    ['razroom-panel-host.service', 6.5],
  ])('%s exposes no more than %d by the measure of systemd', async (unit, limit) => {
    const argv = ['systemd-analyze', 'security', '--offline=yes', '--no-pager', `/etc/systemd/system/${unit}`]
    const { stdout } = await host.run(argv)
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
    console.log(`${unit}: exposure ${exposure}`)
    expect(exposure).toBeLessThanOrEqual(limit)
  })

  it('has no rights, a network of its own, and none of root’s files', async () => {
    const pid = await panel.pid('front')
    await expectWithoutRights(host, pid)
    expect((await readProcess(host, pid)).get('Seccomp')).toBe('2')
    const networkOf = async (of: number) => (await host.run(['readlink', `/proc/${of}/ns/net`])).stdout
    expect(await networkOf(pid)).not.toBe(await networkOf(1))
  })

  it('answers at [::1] as well, logins too', async () => {
    expect(await requestStatus(host, `${URL_6}/healthz`)).toBe(200)
    const { code } = await loginLink(panel)
    const json = ['--header', `Origin: ${URL_6}`, '--json', JSON.stringify({ code })]
    expect(await requestStatus(host, `${URL_6}/api/session`, ...json)).toBe(200)
  })

  it('keeps its port while it is stopped, and comes when it is called', async () => {
    await host.run(['systemctl', 'stop', 'razroom-panel.service'])
    await expectPortHeld(host)
    expect(await isUp(host)).toBe(true)
  })

  it('keeps its port while it restarts by itself', async () => {
    const killed = await panel.pid('front')
    await host.run(['kill', '-KILL', String(killed)])
    await expectPortHeld(host)
    await waitUntil('it answers again', 60_000, () => isUp(host))
    expect(await panel.pid('front')).not.toBe(killed)
  })

  it(`neither half takes the gateway or a login with it when it is killed (each: ${KILLS})`, async () => {
    await setUpBundled(panel)
    const { code } = await loginLink(panel)
    const body = ['--header', `Origin: ${PANEL_URL}`, '--json', JSON.stringify({ code })]
    const cookies = ['--cookie-jar', join(jar, 'cookies'), '--cookie', join(jar, 'cookies')]
    expect(await requestStatus(host, `${PANEL_URL}/api/session`, ...cookies, ...body)).toBe(200)
    const { since, containerId } = (await readStatus(panel)).gateway
    for (let kill = 0; kill < KILLS * 2; kill += 1) {
      const half: Exclude<Half, 'both'> = kill % 2 === 0 ? 'front' : 'root'
      const [front, root] = [await panel.pid('front'), await panel.pid('root')]
      await host.run(['kill', '-KILL', String(half === 'front' ? front : root)])
      await waitUntil('the front is another', 60_000, async () => {
        const pid = await panel.pid('front')
        return pid !== 0 && pid !== front && isUp(host)
      })
      expect(await requestStatus(host, `${PANEL_URL}/api/status`, ...cookies, ...PATIENTLY)).toBe(200)
    }
    expect((await readStatus(panel)).gateway).toMatchObject({ since, containerId, healthy: true })
  })
})

describe('the front without systemd', () => {
  let host: TestHost
  let panel: PanelHost
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-12-no-systemd' })
    panel = await startPanel(host)
  })
  afterAll(() => host?.destroy())

  it('has no rights, and none of root’s files', async () => {
    await expectWithoutRights(host, await panel.pid('front'))
  })

  it('is started again when it ends, on a port that nobody else got', async () => {
    const [front, root] = [await panel.pid('front'), await panel.pid('root')]
    await host.run(['kill', '-KILL', String(front)])
    await expectPortHeld(host)
    await waitUntil('it answers again', 60_000, () => isUp(host))
    expect(await panel.pid('root')).toBe(root)
    expect(await panel.pid('front')).not.toBe(front)
  })

  it('ends with the root half', async () => {
    const front = await panel.pid('front')
    await panel.kill('root')
    await waitUntil('the front is gone', 30_000, async () => {
      const { exitCode } = await host.run(['test', '-e', `/proc/${front}`], { reject: false })
      return exitCode !== 0
    })
    await panel.start()
  })

  it('is given up, with the reason, when it does not stay', async () => {
    const program = `${RELEASE_DIR}/dist/server`
    await host.run(['chmod', '0700', program])
    await host.run(['kill', '-KILL', String(await panel.pid('front'))])
    await waitUntil('it is given up', 60_000, async () => (await panel.log()).includes('does not stay up'))
    await host.run(['chmod', '0755', program])
    await panel.start()
  })
})
