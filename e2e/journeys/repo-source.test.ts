import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { type PanelHost, readStatus, readToken, seeTokenTaken, startPanel } from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { RELEASE_DIR } from '../host/panel-release.ts'
import { inspectGateway } from './gateway-container.ts'
import { press, report, seeState } from './panel-steps.ts'

const CHECKOUT = '/root/checkout'

describe('an image from a checkout that the user of the gateway may not read', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    await host.run(['mkdir', '--mode=0700', '--parents', `${CHECKOUT}/dist`, `${CHECKOUT}/gateway/rootfs`])
    const parts = ['Dockerfile', '.dockerignore', 'dist/gateway', 'gateway/rootfs/tree']
    for (const part of parts)
      await host.run(['cp', '--archive', `${RELEASE_DIR}/${part}`, `${CHECKOUT}/${part}`])
    await host.run(['chmod', '0700', CHECKOUT])
    browser = await loginPage(panel)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  /** Names, owners, sizes and times; without the sums of blocks, which the file system settles in its own time. */
  const listCheckout = async () => {
    const { stdout } = await host.run(['ls', '-lAR', '--full-time', CHECKOUT])
    return stdout.replaceAll(/^total \d+\n/gm, '')
  }
  const setUp = (...options: string[]) => panel.cli<Operation>('setup', '--repo', CHECKOUT, ...options)

  it('is built by the page, as that user, and leaves the checkout as it was', async () => {
    const before = await listCheckout()
    const { page } = browser
    await page.getByRole('radio', { name: /Razroom checkout/ }).check()
    await page.getByLabel('Directory of the checkout').fill(CHECKOUT)
    // Root's own: the page may not have it read until root says so on the shell.
    await press(page, 'Set up')
    await page.getByText('sudo razroom-panel access path add').first().waitFor()
    await panel.cli('access', 'path', 'add', CHECKOUT)
    await press(page, 'Set up')
    await report(page, 'succeeded').waitFor({ timeout: 300_000 })
    await seeState(page, 'running')
    expect(await listCheckout()).toBe(before)
    const denied = await host.run(['ls', CHECKOUT], { user: 'razroom', reject: false })
    expect(denied.exitCode).not.toBe(0)
    expect(await panel.podman('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain(
      'localhost/razroom:local',
    )
  })

  it('runs, and says where it comes from', async () => {
    const { gateway, image } = await readStatus(panel)
    expect(gateway).toMatchObject({ state: 'running', healthy: true })
    expect(image).toMatchObject({ source: { kind: 'repo', path: CHECKOUT }, isRunning: true })
    expect(image?.label).toContain(CHECKOUT)
    await seeTokenTaken(host, await readToken(panel))
  })

  it('is not built again while the checkout is the same', async () => {
    const before = await inspectGateway(panel)
    expect(await setUp()).toMatchObject({ state: 'succeeded', changed: false })
    expect(await inspectGateway(panel)).toEqual(before)
  })

  it('is built again after a change, and runs then', async () => {
    const before = await readStatus(panel)
    await host.run(['sh', '-c', 'echo "// changed" >> "$0"', `${CHECKOUT}/dist/gateway/index.js`])
    const operation = await setUp()
    expect(operation).toMatchObject({ state: 'succeeded', changed: true })
    const after = await readStatus(panel)
    expect(after.image?.id).not.toBe(before.image?.id)
    expect(after.image?.isRunning).toBe(true)
    expect(after.gateway.containerId).not.toBe(before.gateway.containerId)
    expect(after.restartRequired).toBe(false)
  })

  it('raised no error in the page but the one refusal', () => {
    expect(browser.faults()).toEqual([expect.stringMatching(/403 \(Forbidden\) \S+\/api\/setup$/)])
  })
})
