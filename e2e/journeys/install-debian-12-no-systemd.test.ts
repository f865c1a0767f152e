import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Status } from '../../contract/schemas.ts'
import type { TokenReveal } from '../../contract/token.ts'
import type { TestHost } from '../host/host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { describeInstallJourney } from './install-journey.ts'
import {
  CHECKOUT,
  expectBack,
  INSTALL_TIMEOUT_MS,
  LIB,
  panelJson,
  panelPid,
  runInstaller,
  statusOf,
} from './install-steps.ts'

const KIND = 'debian-12-no-systemd'
/** How often an update is killed; the moments differ from one to the next. */
const KILLS = process.env.RAZROOM_TEST_FULL === '1' ? 8 : 1
/** What is built first: the failure is the same, and comes soonest. */
const BROKEN = `${CHECKOUT}/web/main.tsx`

async function currentRelease(host: TestHost): Promise<string> {
  return (await host.run(['readlink', `${LIB}/current`])).stdout
}

async function expectRunning(host: TestHost, release: string, pid: string): Promise<void> {
  expect(await currentRelease(host)).toBe(release)
  expect(await panelPid(host, KIND)).toBe(pid)
  expect(await statusOf(host, 'http://127.0.0.1:18780/healthz')).toBe('200')
}

async function listBuilds(host: TestHost): Promise<string> {
  return (await host.run(['find', LIB, '-maxdepth', '1', '-name', '.build-*'])).stdout
}

/** Starts an update and kills the installer, and nothing else, some time after it has begun to build. */
async function killDuringUpdate(host: TestHost, afterMs: number): Promise<void> {
  const installer = await host.spawn([
    'sh',
    '-c',
    'echo $$ > /run/installer.pid; exec "$0"',
    `${CHECKOUT}/install.sh`,
  ])
  installer.stdout.resume()
  installer.stderr.resume()
  const ended = once(installer, 'exit')
  await waitUntil('the update has begun to build', 180_000, async () => (await listBuilds(host)) !== '')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  await host.run(['sh', '-c', 'kill -KILL "$(cat /run/installer.pid)"'])
  await ended
}

describeInstallJourney(KIND, {
  uninstall: 'bare',
  further(host) {
    test('--quadlet is refused by name, and the gateway goes on', async () => {
      const { exitCode, stderr } = await runInstaller(host(), ['--quadlet'])
      expect(exitCode).not.toBe(0)
      expect(stderr).toContain('systemd')
      const { gateway } = await panelJson<Status>(host(), 'status')
      expect(gateway).toMatchObject({ state: 'running', mode: 'container' })
    })

    test(
      'cron starts panel and gateway after a reboot',
      async () => {
        const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
        await host().run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', 'cron'])
        const { exitCode, stdout, stderr } = await runInstaller(host(), ['--panel-only'])
        expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
        expect(stdout).toContain('cron starts panel and gateway at boot')
        await host().reboot()
        // The machine has no init that would start it; the daemon itself runs what is due at boot.
        await host().run(['cron'])
        await expectBack(host(), token)
      },
      INSTALL_TIMEOUT_MS,
    )

    test(
      'an update that does not build leaves the installed version running',
      async () => {
        const [release, pid] = [await currentRelease(host()), await panelPid(host(), KIND)]
        await host().run(['sh', '-c', 'cp "$0" /root/kept.tsx; echo "import {" >> "$0"', BROKEN])
        const { exitCode, stderr } = await runInstaller(host(), [])
        expect(exitCode).not.toBe(0)
        expect(stderr).toContain('The build failed.')
        expect(stderr).toContain('/var/log/razroom-panel-install.log')
        await expectRunning(host(), release, pid)
        expect(await listBuilds(host())).toBe('')
      },
      INSTALL_TIMEOUT_MS,
    )

    test(
      'an update that is killed leaves the installed version running, and the next one completes',
      async () => {
        const [release, pid] = [await currentRelease(host()), await panelPid(host(), KIND)]
        await host().run(['sh', '-c', 'cp /root/kept.tsx "$0"; echo "// an update" >> "$0"', BROKEN])
        for (let kill = 0; kill < KILLS; kill += 1) {
          await killDuringUpdate(host(), 3_000 + kill * 2_000)
          await expectRunning(host(), release, pid)
        }
        const { exitCode, stdout, stderr } = await runInstaller(host(), [])
        expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
        expect(await currentRelease(host())).not.toBe(release)
        expect((await host().run(['readlink', `${LIB}/previous`])).stdout).toBe(release)
        expect(await panelPid(host(), KIND)).not.toBe(pid)
        expect(await statusOf(host(), 'http://127.0.0.1:18780/healthz')).toBe('200')
        expect(await listBuilds(host())).toBe('')
      },
      INSTALL_TIMEOUT_MS,
    )
  },
})
