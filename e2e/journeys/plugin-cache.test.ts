import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { AS_RAZROOM, seeFreePorts } from '../host/host-test-kit.ts'
import { invokeTool, type PanelHost, readToken, setUpBundled, startPanel } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { inspectGateway, readEnvFile, writeEnvFile } from './gateway-container.ts'
import { buildImage } from './image-files.ts'

const CACHE_DIR = '/home/razroom/.local/share/razroom/plugin-cache'
/** What a cold start of the bundled gateway costs here; a warm one half of it (docs/facts/razroom-gateway.md). */
const COLD_MS = 10_000
/** A cold start takes 5 s more than a warm one; so much of that may be the noise of a shared machine. */
const NOISE_MS = 4_000
/** Else the container's monitor ends with the command (docs/facts/podman-and-systemd.md). */
const KEPT = ['--property=KillMode=process']

/** The `it`s tell one story and need each other. */
describe('what the gateway compiles at its start', () => {
  let host: TestHost
  let panel: PanelHost
  let token: string

  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await setUpBundled(panel)
    token = await readToken(panel)
    await writeEnvFile(panel, `${await readEnvFile(panel)}RAZROOM_BUNDLED_START_MS=${COLD_MS}\n`)
  })
  afterAll(() => host?.destroy())

  /** From the start of the container's process to the first answer that proves a token, in ms. */
  async function measureStart(start: () => Promise<unknown>): Promise<number> {
    const before = await inspectGateway(panel)
    const answer = async () => {
      await waitUntil('another run', 180_000, async () => {
        const run = await inspectGateway(panel).catch(() => null)
        return run !== null && run.startedAt !== before.startedAt && run.pid !== 0
      })
      await waitUntil('it answers', 180_000, async () => (await invokeTool(host, token)) === 200)
      return Date.now()
    }
    const [answeredAt] = await Promise.all([answer(), start()])
    return answeredAt - Date.parse((await inspectGateway(panel)).startedAt)
  }
  const podmanOfRazroom = (...args: string[]) => host.run([...AS_RAZROOM, ...KEPT, 'podman', ...args])
  /** `podman restart` at times meets the port that its own pasta still holds (docs/facts/podman-and-systemd.md). */
  async function restartPlainly(): Promise<void> {
    await podmanOfRazroom('stop', 'razroom')
    await seeFreePorts(host)
    await podmanOfRazroom('start', 'razroom')
  }
  const listCache = async () => (await host.run(['ls', '-A', CACHE_DIR])).stdout.trim().split('\n').sort()
  const markOf = async () => (await host.run(['cat', `${CACHE_DIR}/.filled-by`])).stdout.trim()

  it('is kept for the next container, whose start takes no longer than that of one that is there', async () => {
    const recreateMs = await measureStart(() => panel.cli('restart'))
    const plainMs = await measureStart(restartPlainly)
    expect(plainMs).toBeGreaterThan(COLD_MS / 2)
    expect(recreateMs).toBeLessThan(plainMs + NOISE_MS)
    expect(await listCache()).toEqual(['.filled-by', expect.stringMatching(/^bundled-gateway-.*\.json$/)])
  })

  it.runIf(IS_FULL)('goes with the image, and its first start is a cold one', async () => {
    const before = await markOf()
    const id = await buildImage(panel, 'localhost/razroom-good:1', 'good')
    await panel.podman('save', '--quiet', '--output', '/home/razroom/good.tar', 'localhost/razroom-good:1')
    await host.run(['touch', `${CACHE_DIR}/of-the-image-before.mjs`], { user: 'razroom' })
    const operation = panel.cli<Operation>('update', '--archive', '/home/razroom/good.tar')
    const coldMs = await measureStart(() => operation)
    expect(coldMs).toBeGreaterThan(COLD_MS)
    const { steps } = await operation
    expect(steps.map(({ did }) => did).join('\n')).toContain('emptied the plugin cache')
    expect(await listCache()).not.toContain('of-the-image-before.mjs')
    expect([await markOf(), before === id]).toEqual([id, false])
    const warmMs = await measureStart(() => panel.cli('restart'))
    expect(warmMs).toBeLessThan(coldMs - (COLD_MS / 2 - NOISE_MS))
  })
})
