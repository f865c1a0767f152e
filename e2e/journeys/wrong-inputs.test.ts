import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../../contract/schemas.ts'
import { createHost, type TestHost } from '../host/host.ts'
import { awaitOperation, callApi, findProcesses, startOperation } from '../host/panel-api.ts'
import {
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  seeTokenTaken,
  setUpBundled,
  startPanel,
} from '../host/panel-host.ts'
import { loginPage, type PanelBrowser } from '../host/panel-page.ts'
import { RELEASE_NODE } from '../host/panel-release.ts'
import { waitUntil } from '../host/wait-until.ts'
import { addVariables, saveEnvironment } from './environment-steps.ts'
import { CONFIG_FILE, ENV_FILE, inspectGateway, overwrite, readEnvFile } from './gateway-container.ts'
import { press, report, seeState, visit } from './panel-steps.ts'

const STORAGE = '/home/razroom/.local/share/containers/storage'

/** What goes wrong on real machines, in the order of a machine that is set up step by step. */
describe('wrong inputs and machines that are not ready', () => {
  let host: TestHost
  let panel: PanelHost
  let browser: PanelBrowser
  beforeAll(async () => {
    host = await createHost({ kind: 'debian-13' })
    panel = await startPanel(host)
    browser = await loginPage(panel)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.destroy()
  })

  const setUpWrongly = async (...options: string[]): Promise<Problem> =>
    problemOf(await panel.tryCli(['setup', '--json', ...options]))
  const hasUser = async () => (await host.run(['id', 'razroom'], { reject: false })).exitCode === 0
  /** A directory with a Dockerfile of these lines and a static busybox. */
  const makeRepo = async (name: string, ...lines: string[]): Promise<string> => {
    const path = `/srv/${name}`
    await host.run(['mkdir', path])
    await host.run(['cp', '/bin/busybox', path])
    await host.run(['tee', `${path}/Dockerfile`], { input: `FROM scratch\n${lines.join('\n')}\n` })
    return path
  }
  const writeConfig = (text: string) => overwrite(panel, CONFIG_FILE, text)

  describe('before anything is set up', () => {
    it.each(['80', '70000', 'abc', '18789.5', ''])(
      'refuses the port %j on the command line',
      async (port) => {
        const problem = await setUpWrongly('--bundled', '--gateway-port', port)
        expect(problem).toMatchObject({ code: 'USAGE', detail: expect.stringContaining('--gateway-port') })
      },
    )

    it('names the field of a request that is wrong, and a key that it does not know', async () => {
      for (const [body, path] of [
        [{ gatewayPort: 80 }, 'gatewayPort'],
        [{ gatewayPort: '18789' }, 'gatewayPort'],
        [{ gatewayprot: 18789 }, 'gatewayprot'],
        [{ image: { kind: 'bundled', path: '/x' } }, 'image'],
      ] as const) {
        const answer = await callApi(panel, 'POST /api/setup', body)
        expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } })
        expect(JSON.stringify((answer.body as Problem).fields), JSON.stringify(body)).toContain(path)
      }
    })

    it('refuses one port for both', async () => {
      const problem = await setUpWrongly('--bundled', '--gateway-port', '19000', '--bridge-port', '19000')
      expect(problem).toMatchObject({ code: 'PORT_IN_USE', detail: expect.stringContaining('19000') })
    })

    it('says that a directory is not there, or has no Dockerfile', async () => {
      await host.run(['mkdir', '/srv/empty'])
      expect(await setUpWrongly('--repo', '/srv/none')).toMatchObject({
        code: 'REPO_NOT_FOUND',
        detail: expect.stringContaining('/srv/none'),
      })
      expect(await setUpWrongly('--repo', '/srv/empty')).toMatchObject({
        code: 'DOCKERFILE_MISSING',
        detail: expect.stringContaining('/srv/empty'),
      })
    })

    it('names the program that holds the port, on the shell and in the page', async () => {
      const listen =
        'require("node:net").createServer().listen(18789, "127.0.0.1", () => console.log(process.pid))'
      const squatter = await host.spawn([RELEASE_NODE, '--eval', listen], { user: 'mallory' })
      const [printed] = (await once(squatter.stdout, 'data')) as [Buffer]
      const pid = printed.toString().trim()
      try {
        const { code, detail, hint } = await setUpWrongly('--bundled')
        expect(code).toBe('PORT_IN_USE')
        expect(detail).toContain('18789')
        expect(detail).toContain(`pid ${pid}`)
        expect(hint).toContain('another port')
        await report(browser.page, 'failed').getByText(`pid ${pid}`).waitFor()
        await press(browser.page, 'Back to the setup')
        await browser.page.getByText('Port 18789 is in use').waitFor()
      } finally {
        squatter.kill()
        await once(squatter, 'close')
      }
    })

    it('says that podman is missing, and notices when it is there', async () => {
      await host.run(['mv', '/usr/bin/podman', '/usr/bin/podman.away'])
      const problem = await setUpWrongly('--bundled')
      await host.run(['mv', '/usr/bin/podman.away', '/usr/bin/podman'])
      expect(problem).toMatchObject({ code: 'PODMAN_MISSING', hint: expect.stringContaining('install') })
    })

    it('has changed nothing up to here', async () => {
      expect(await hasUser()).toBe(false)
      expect(await readStatus(panel)).toMatchObject({ isSetUp: false, gateway: { state: 'absent' } })
    })

    it('says that no subordinate ids are left', async () => {
      for (const file of ['/etc/subuid', '/etc/subgid']) {
        await host.run(['cp', '--archive', file, `${file}.away`])
        await host.run(['tee', file], { input: 'filler:100000:600000001\n' })
      }
      const problem = await setUpWrongly('--bundled')
      for (const file of ['/etc/subuid', '/etc/subgid']) await host.run(['mv', `${file}.away`, file])
      expect(problem).toMatchObject({ code: 'SUBID_EXHAUSTED', hint: expect.stringContaining('/etc/subuid') })
    })
  })

  describe('while the image is built', () => {
    it('shows the last lines of a build that fails', async () => {
      const copies = await makeRepo('copies', 'COPY not-there /')
      const problem = await setUpWrongly('--repo', copies)
      expect(problem).toMatchObject({
        code: 'IMAGE_BUILD_FAILED',
        detail: expect.stringContaining('not-there'),
      })
      const runs = await makeRepo(
        'runs',
        'COPY busybox /bin/busybox',
        'RUN ["/bin/busybox", "sh", "-c", "echo the reason is here; exit 7"]',
      )
      const id = await startOperation(panel, 'POST /api/setup', { image: { kind: 'repo', path: runs } })
      const {
        state,
        problem: failure,
        output,
      } = await awaitOperation(panel, id, 'has ended', (operation) => operation.state !== 'running')
      expect(state).toBe('failed')
      expect(failure).toMatchObject({ code: 'IMAGE_BUILD_FAILED' })
      expect(output.map(({ text }) => text).join('\n')).toContain('the reason is here')
    })

    it('says that the disk is full, and leaves no half image behind', async () => {
      await host.run(['mkdir', '--parents', STORAGE], { user: 'razroom' })
      const ids = (await host.run(['stat', '--format=uid=%u,gid=%g', STORAGE])).stdout
      await host.run(['mount', '-t', 'tmpfs', '-o', `size=40m,mode=0700,${ids}`, 'tmpfs', STORAGE])
      const problem = await setUpWrongly('--bundled')
      await host.run(['umount', '--lazy', STORAGE])
      expect(problem).toMatchObject({ code: 'DISK_FULL', hint: expect.stringContaining('Free some space') })
    })

    it('refuses a second setup, and a cancelled one leaves no process', async () => {
      const slow = await makeRepo(
        'slow',
        'COPY busybox /bin/busybox',
        'RUN ["/bin/busybox", "sleep", "4242"]',
      )
      const id = await startOperation(panel, 'POST /api/setup', { image: { kind: 'repo', path: slow } })
      await awaitOperation(panel, id, 'builds', ({ steps }) =>
        steps.some((step) => step.id === 'ensure-image' && step.state === 'running'),
      )
      await expect
        .poll(async () => (await findProcesses(host, 'sleep 4242')).length, { timeout: 90_000 })
        .toBeGreaterThan(0)
      const second = await callApi(panel, 'POST /api/setup', { image: { kind: 'bundled' } })
      expect(second).toMatchObject({ status: 409, body: { code: 'OPERATION_RUNNING' } })
      expect((await setUpWrongly('--bundled')).code).toBe('OPERATION_RUNNING')
      expect((await callApi(panel, `DELETE /api/operations/${id}`)).status).toBe(204)
      const { state, problem } = await awaitOperation(panel, id, 'has ended', (op) => op.state !== 'running')
      expect(state).toBe('cancelled')
      expect(problem).toMatchObject({ code: 'OPERATION_CANCELLED' })
      await expect
        .poll(() => findProcesses(host, 'sleep 4242|buildah|podman build'), { timeout: 90_000 })
        .toEqual([])
      const again = await callApi(panel, `DELETE /api/operations/${id}`)
      expect(again).toMatchObject({ status: 409, body: { code: 'OPERATION_FINISHED' } })
    })

    it('can be run again after all that, and then works', async () => {
      expect(await setUpBundled(panel)).toMatchObject({ state: 'succeeded', changed: true })
      await seeTokenTaken(host, await readToken(panel))
    })
  })

  describe('when it is set up', () => {
    it('keeps what somebody else wrote to .env between reading and saving', async () => {
      const read = await callApi(panel, 'GET /api/env')
      const { etag } = read.body as { etag: string }
      await host.run(['sh', '-c', 'echo OTHER=1 >> "$0"', ENV_FILE], { user: 'razroom' })
      const text = await readEnvFile(panel)
      const change = { edits: [{ op: 'set', key: 'MINE', value: '1' }] }
      const late = await callApi(panel, 'PUT /api/env', change, { 'If-Match': `"${etag}"` })
      expect(late).toMatchObject({ status: 412, body: { code: 'ENV_CHANGED' } })
      const blind = await callApi(panel, 'PUT /api/env', change)
      expect(blind).toMatchObject({ status: 428, body: { code: 'PRECONDITION_REQUIRED' } })
      expect(await readEnvFile(panel)).toBe(text)
    })

    it('keeps the edits in the page when the file changes under them, and saves both after a look', async () => {
      const { page } = browser
      await visit(page, 'Environment')
      await addVariables(page, [['FROM_PAGE', '1']])
      await host.run(['sh', '-c', 'echo FROM_SHELL=1 >> "$0"', ENV_FILE], { user: 'razroom' })
      const before = await readEnvFile(panel)
      await page.getByText('The file was changed meanwhile, on the machine or in another page').waitFor()
      await press(page, 'Load theirs, keep my edits')
      await page.getByRole('row', { name: 'FROM_SHELL' }).waitFor()
      await saveEnvironment(page)
      expect(await readEnvFile(panel)).toBe(`${before}FROM_PAGE=1\n`)
    })

    it('refuses a port that another program holds, and the gateway goes on', async () => {
      const before = await inspectGateway(panel)
      const problem = await setUpWrongly('--bundled', '--gateway-port', '18780')
      expect(problem).toMatchObject({ code: 'PORT_IN_USE', detail: expect.stringContaining('18780') })
      expect(await inspectGateway(panel)).toEqual(before)
      expect((await readStatus(panel)).gateway.ports.gateway).toBe(18789)
    })

    it('shows the line that stopped the gateway and what it means: gateway.mode', async () => {
      await writeConfig('{}\n')
      const { page } = browser
      await visit(page, 'Overview')
      await press(page, 'Restart')
      await report(page, 'failed').waitFor({ timeout: 90_000 })
      await seeState(page, 'failed')
      const card = page.getByRole('region', { name: 'Gateway', exact: true })
      await card.getByText('Gateway start blocked: set gateway.mode=local').first().waitFor()
      await card.getByText('razroom.json does not set gateway.mode to local.').waitFor()
      const { gateway } = await readStatus(panel)
      expect(gateway).toMatchObject({
        state: 'failed',
        exitCode: 1,
        fatal: {
          line: expect.stringContaining('set gateway.mode=local'),
          hint: expect.stringContaining('"local"'),
        },
      })
      // The end of the container is seen before the operation has told why.
      await waitUntil(
        'the restart is over',
        90_000,
        async () => (await readStatus(panel)).operationId === null,
      )
      const problem = problemOf(await panel.tryCli(['launch', '--json']))
      expect(problem).toMatchObject({
        code: 'GATEWAY_EXITED',
        detail: expect.stringContaining('gateway.mode'),
      })
    })

    it('shows the place of the fault in a broken razroom.json, and overwrites nothing', async () => {
      const broken = '{\n  "gateway": {"mode": "local",,}\n}\n'
      await writeConfig(broken)
      const restart = problemOf(await panel.tryCli(['restart', '--json']))
      expect(['GATEWAY_EXITED', 'CONFIG_INVALID']).toContain(restart.code)
      const { gateway } = await readStatus(panel)
      expect(gateway.state).toBe('failed')
      expect(gateway.fatal?.line).toMatch(/JSON5|Config invalid/)
      expect((await panel.tryCli(['token', 'rotate', '--json'])).exitCode).not.toBe(0)
      expect(problemOf(await panel.tryCli(['setup', '--json'])).code).toBe('CONFIG_INVALID')
      expect((await host.run(['cat', CONFIG_FILE])).stdout).toBe(broken.trimEnd())
    })

    it('runs again once the file is mended', async () => {
      await writeConfig('{ "gateway": { "mode": "local" } }\n')
      await press(browser.page, 'Start')
      await seeState(browser.page, 'running')
      await seeTokenTaken(host, await readToken(panel))
    })

    it('raised no error in the page but the refusals that were asked for', () => {
      // The browser itself writes a line for each answer of 400 or more; a broken razroom.json has no token to tell.
      const isRefusal = (fault: string) => / 409 \(Conflict\) \S+\/api\/token$/.test(fault)
      expect(browser.faults().filter((fault) => !isRefusal(fault))).toEqual([])
    })
  })
})
