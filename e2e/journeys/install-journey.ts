import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoginLink, Status } from '../../contract/schemas.ts'
import type { TokenReveal } from '../../contract/token.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { copyCheckout } from './checkout.ts'
import { testEnd } from './install-journey-end.ts'
import {
  CHECKOUT,
  expectBack,
  hasSystemd,
  INSTALL_TIMEOUT_MS,
  type InstallJourney,
  invokeGateway,
  LIB,
  modeOf,
  panelJson,
  panelPid,
  runInstaller,
  statusOf,
  uidOf,
} from './install-steps.ts'

/** A second run looks, compares and asks the panel; 5 s on an idle machine. */
const SECOND_RUN_LIMIT_MS = 90_000

/** Of CycloneDX, what is looked at here. */
interface Component {
  readonly type?: string
  readonly name?: string
  readonly hashes?: readonly { readonly content: string }[]
  readonly components?: readonly Component[]
}

/** The files that a bill of materials names, at any depth. */
function shippedFiles(component: Component): Component[] {
  const inside = (component.components ?? []).flatMap(shippedFiles)
  return component.type === 'file' ? [component, ...inside] : inside
}

async function listNotOf(host: TestHost, user: string, path: string): Promise<string> {
  return (await host.run(['find', path, '!', '-user', user])).stdout
}

/** The way of somebody with a bare machine: install, use, install again, uninstall, come back, purge. */
export function describeInstallJourney(kind: HostKind, journey: InstallJourney = {}): void {
  describe.runIf(journey.isInGate !== false || IS_FULL)(`install.sh on a bare ${kind}`, () => {
    let machine: TestHost | undefined
    const host = (): TestHost => {
      if (machine === undefined) throw new Error('the host did not come up')
      return machine
    }
    beforeAll(async () => {
      machine = await createHost({ kind, base: 'bare', network: 'mirrors' })
      await copyCheckout(machine, CHECKOUT, 'alice')
    })
    afterAll(() => machine?.destroy())
    testInstallation(kind, host, journey.user)
    testSecondRun(kind, host)
    if (hasSystemd(kind)) testReboot(host)
    journey.further?.(host)
    testEnd(host, journey)
  })
}

function testInstallation(kind: HostKind, host: () => TestHost, user: string | undefined): void {
  test(
    'installs the panel and a gateway, and prints both links',
    async () => {
      const options = ['--admin', 'alice', ...(user === undefined ? [] : ['--user', user])]
      const sudo = { SUDO_UID: await uidOf(host(), 'mallory') }
      const { exitCode, stdout, stderr } = await runInstaller(host(), options, sudo)
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(stdout.match(/http:\/\/127\.0\.0\.1:18780\/#code=\S+/g)).toHaveLength(1)
      expect(stdout).toMatch(/Gateway +http:\/\/127\.0\.0\.1:18789\//)
      // Where there is no sudo it is told without.
      expect(stdout).toMatch(/token: +(sudo )?razroom-panel token show/)
    },
    INSTALL_TIMEOUT_MS,
  )

  test('the gateway answers to the token, and to nothing else', async () => {
    const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
    expect(await invokeGateway(host(), token)).toBe('200')
    expect(await invokeGateway(host(), undefined)).toBe('401')
    expect(await invokeGateway(host(), `${token}x`)).toBe('401')
    const { gateway, image, isSetUp } = await panelJson<Status>(host(), 'status')
    expect(gateway).toMatchObject({ state: 'running', healthy: true, mode: modeOf(kind) })
    expect(image?.source).toEqual({ kind: 'bundled' })
    expect(isSetUp).toBe(true)
  })

  test('the link logs in, once', async () => {
    const { code } = await panelJson<LoginLink>(host(), 'login')
    const logIn = () =>
      statusOf(
        host(),
        ...['--header', 'Origin: http://127.0.0.1:18780', '--json', JSON.stringify({ code })],
        'http://127.0.0.1:18780/api/session',
      )
    expect(await logIn()).toBe('200')
    expect(await logIn()).toBe('401')
  })

  test('the admin named and the user who called sudo are let in', async () => {
    const { adminUids } = await panelJson<{ adminUids: number[] }>(host(), 'access', 'list')
    const named = [Number(await uidOf(host(), 'alice')), Number(await uidOf(host(), 'mallory'))]
    expect(adminUids.toSorted()).toEqual(named.toSorted())
  })

  test("the person's checkout has no files of root's, and no others than before", async () => {
    expect(await listNotOf(host(), 'alice', CHECKOUT)).toBe('')
    const { stdout } = await host().run(['find', CHECKOUT, '-name', 'node_modules', '-o', '-name', 'dist'])
    expect(stdout).toBe('')
  })

  test("the release is root's, readable by all and writable by nobody else", async () => {
    expect(await listNotOf(host(), 'root', LIB)).toBe('')
    const writable = ['find', LIB, '!', '-type', 'l', '-perm', '/022', '!', '-perm', '-1000']
    expect((await host().run(writable)).stdout).toBe('')
    const { stdout } = await host().run([`${LIB}/current/node`, '--version'], { user: 'mallory' })
    expect(stdout).toMatch(/^v24\./)
    await host().run(['cat', `${LIB}/current/dist/server/user-agent.js`], { user: 'mallory' })
  })

  test('the release holds what runs, and nothing that it was made with', async () => {
    const names = [
      '.git*',
      '.ci',
      'node_modules',
      '*.test.*',
      '*.map',
      'test-*',
      'package-lock.json',
      'e2e',
      'vite.config.ts',
    ]
    const argv = names.flatMap((name, index) => (index === 0 ? ['-name', name] : ['-o', '-name', name]))
    expect((await host().run(['find', `${LIB}/releases/`, ...argv])).stdout).toBe('')
  })

  test('the release says what it is made of, to everybody, and it is so', async () => {
    const release = `${LIB}/current`
    const { stdout } = await host().run(['cat', `${release}/sbom.cdx.json`], { user: 'mallory' })
    const files = shippedFiles(JSON.parse(stdout) as Component)
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'dist/server/pty.node']))
    const sums = files.map(({ name, hashes }) => `${hashes?.[0]?.content}  ${release}/${name}\n`).join('')
    await host().run(['sha256sum', '--check', '--quiet', '--strict'], { input: sums })
    const licences = await host().run(['cat', `${release}/THIRD_PARTY_LICENSES.txt`], { user: 'mallory' })
    expect(licences.stdout).toContain('fastify')
  })

  test("state, run files and logs are root's alone", async () => {
    for (const path of [
      '/var/lib/razroom-panel',
      '/run/razroom-panel',
      '/var/log/razroom-panel-install.log',
    ]) {
      const { stdout } = await host().run(['stat', '--format=%U %a', path])
      expect(stdout, path).toMatch(/^root [67]00$/)
    }
  })

  if (hasSystemd(kind)) {
    test('the service is enabled, and no unit has failed', async () => {
      expect((await host().run(['systemctl', 'is-enabled', 'razroom-panel'])).stdout).toBe('enabled')
      const failed = ['systemctl', 'list-units', '--state=failed', '--plain', '--no-legend']
      expect((await host().run(failed)).stdout).toBe('')
    })
  }
}

function testSecondRun(kind: HostKind, host: () => TestHost): void {
  test(
    'a second run is quick, builds nothing, and restarts neither panel nor gateway',
    async () => {
      const before = await panelJson<Status>(host(), 'status')
      const pid = await panelPid(host(), kind)
      const startedAt = Date.now()
      const { exitCode, stdout, stderr } = await runInstaller(host(), [])
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(Date.now() - startedAt).toBeLessThan(SECOND_RUN_LIMIT_MS)
      expect(stdout).not.toContain('Building')
      expect(stdout).toContain('http://127.0.0.1:18780/#code=')
      const after = await panelJson<Status>(host(), 'status')
      expect(after.gateway.containerId).toBe(before.gateway.containerId)
      expect(after.gateway.since).toBe(before.gateway.since)
      expect(await panelPid(host(), kind)).toBe(pid)
    },
    INSTALL_TIMEOUT_MS,
  )
}

function testReboot(host: () => TestHost): void {
  test(
    'after a reboot of the machine panel and gateway are back by themselves',
    async () => {
      const { token } = await panelJson<TokenReveal>(host(), 'token', 'show')
      await host().reboot()
      await expectBack(host(), token)
    },
    INSTALL_TIMEOUT_MS,
  )
}
