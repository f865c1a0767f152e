import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageList } from '../../contract/images.ts'
import type { Operation } from '../../contract/schemas.ts'
import { IS_FULL } from '../attacks/env-requests.ts'
import { createHost, type HostKind, type TestHost } from '../host/host.ts'
import { awaitOperation, callApi, startOperation } from '../host/panel-api.ts'
import {
  PANEL_URL,
  type PanelHost,
  problemOf,
  readStatus,
  readToken,
  seeTokenTaken,
  startPanel,
} from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import { inspectGateway } from './gateway-container.ts'
import { BUNDLED, buildImage, idOf, listTraces, makeHostileArchives } from './image-files.ts'
import {
  PRIVATE_REGISTRY,
  PUBLIC_REGISTRY,
  publishImage,
  REGISTRY_PASSWORD,
  REGISTRY_USER,
  startRegistries,
  trustRegistries,
} from './test-registry.ts'

const PUBLIC = `${PUBLIC_REGISTRY}/razroom/gateway:2`
const PRIVATE = `${PRIVATE_REGISTRY}/razroom/gateway:3`
const LOGIN = { registry: PRIVATE_REGISTRY, username: REGISTRY_USER, password: REGISTRY_PASSWORD }
/** Long enough for the bundled gateway on two busy cores. */
const WITHIN = ['--within', '20']
const SAMPLER = 'while :; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; echo; sleep 0.01; done'

/** Every source of an image, updates that fail, and the ways back; in the gate a part of it with podman 4.3. */
export function imagesJourney(
  kind: Extract<HostKind, 'debian-13' | 'debian-12'>,
  mode: 'container' | 'quadlet',
): void {
  let host: TestHost
  let panel: PanelHost
  const ids: Record<string, string> = {}
  const isWhole = kind === 'debian-13' || IS_FULL

  beforeAll(async () => {
    host = await createHost({ kind, network: 'mirrors' })
    panel = await startPanel(host)
    await panel.cli('setup', '--bundled', `--${mode}`)
    await startRegistries(host)
    await trustRegistries(panel)
    ids.bundled = await idOf(panel, BUNDLED)
    for (const [name, program] of [
      ['two', 'good'],
      ['three', 'good'],
      ['four', 'good'],
      ['crash', 'crash'],
      ['mute', 'mute'],
    ] as const)
      ids[name] = await buildImage(panel, `localhost/${name}:1`, program)
    await publishImage(panel, 'localhost/two:1', PUBLIC)
    await publishImage(panel, 'localhost/three:1', PRIVATE)
    await panel.host.run(['sh', '-c', 'umask 077; : > /root/good.tar'])
    await panel.podman('save', '--output', '/home/razroom/four.tar', 'localhost/four:1')
    await host.run(['mv', '/home/razroom/four.tar', '/root/good.tar'])
    await host.run(['chown', 'root:', '/root/good.tar'])
    await host.run(['chmod', '0600', '/root/good.tar'])
    await panel.podman('rmi', 'localhost/two:1', 'localhost/three:1', 'localhost/four:1')
  })
  afterAll(() => host?.destroy())

  const update = (...options: string[]) => panel.cli<Operation>('update', ...options)
  const tryUpdate = (...options: string[]) => panel.tryCli(['update', ...options, '--json'])
  const seeRunning = async (id: string | undefined) => {
    const { gateway, image, restartRequired } = await readStatus(panel)
    expect(gateway).toMatchObject({ state: 'running', healthy: true })
    expect(image).toMatchObject({ id, isRunning: true })
    expect(restartRequired).toBe(false)
    await seeTokenTaken(host, await readToken(panel))
  }
  const readImages = async () => (await callApi(panel, 'GET /api/images')).body as ImageList
  /** A file as a script of root sends it. */
  const upload = async (path: string) => {
    const token = (await host.run(['cat', '/var/lib/razroom-panel/api-token'])).stdout.trim()
    const headers = ['--header', 'Content-Type: application/octet-stream', '--header', '@-']
    const send = ['curl', '--silent', '--show-error', '--request', 'POST', '--upload-file', path, ...headers]
    const { stdout } = await host.run([...send, `${PANEL_URL}/api/uploads`], {
      input: `Authorization: Bearer ${token}`,
    })
    return JSON.parse(stdout) as { path: string; sizeBytes: number; code?: string }
  }

  describe('a registry', () => {
    it('gives an image to everybody', async () => {
      const operation = await update('--image', PUBLIC)
      expect(operation.steps.find(({ id }) => id === 'backup')).toMatchObject({ state: 'done' })
      await seeRunning(ids.two)
      const { image } = await readStatus(panel)
      expect(image).toMatchObject({
        label: PUBLIC,
        reference: PUBLIC,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        previous: { source: { kind: 'bundled' }, id: ids.bundled },
      })
    })

    it.runIf(isWhole)(
      'is asked again by an update, which finds nothing new and changes no way back',
      async () => {
        const before = await inspectGateway(panel)
        const { steps } = await update()
        expect(steps.find(({ id }) => id === 'bring-image')).toMatchObject({ state: 'unchanged' })
        expect((await inspectGateway(panel)).id).toBe(before.id)
        expect((await readStatus(panel)).image?.previous?.id).toBe(ids.bundled)
      },
    )

    it.each([
      [PRIVATE, 'Log in to 127.0.0.1:5102'],
      [`${PUBLIC_REGISTRY}/razroom/gateway:none`, 'has no image of the name and tag'],
      ['127.0.0.1:5999/x:1', 'does not answer'],
      ['nowhere.invalid/x:1', 'no machine of the name nowhere.invalid'],
    ])('refuses %s, and nothing has changed', async (reference, why) => {
      const before = await inspectGateway(panel)
      const problem = problemOf(await tryUpdate('--image', reference))
      expect(problem.code).toBe('IMAGE_PULL_FAILED')
      expect(problem.detail).toContain(why)
      expect(await inspectGateway(panel)).toEqual(before)
      await seeRunning(ids.two)
    })

    it('knows no names of localhost', async () => {
      expect(problemOf(await tryUpdate('--image', 'localhost/nowhere:1')).code).toBe('IMAGE_MISSING')
      await seeRunning(ids.two)
    })

    it('takes a login, whose password nobody sees', async () => {
      const refused = await callApi(panel, 'POST /api/registry-logins', { ...LOGIN, password: 'wrong' })
      expect(refused).toMatchObject({ status: 502, body: { code: 'REGISTRY_LOGIN_FAILED' } })
      const sampler = await host.spawn(['sh', '-c', SAMPLER], { user: 'nobody' })
      let seen = ''
      sampler.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.toString()
      })
      await waitUntil('the sampler looks', 60_000, () => seen !== '')
      // Until the sampler has seen the very program that takes the password: it may have looked away.
      await waitUntil('the login is seen', 120_000, async () => {
        expect((await callApi(panel, 'POST /api/registry-logins', LOGIN)).status).toBe(204)
        return seen.includes('--password-stdin')
      })
      sampler.kill()
      await once(sampler, 'close')
      expect(seen).toContain('--password-stdin')
      expect(seen).not.toContain(REGISTRY_PASSWORD)
      expect(await panel.log()).not.toContain(REGISTRY_PASSWORD)
      const { body } = await callApi(panel, 'GET /api/registry-logins')
      expect(body).toEqual([{ registry: PRIVATE_REGISTRY, username: REGISTRY_USER }])
      const { stdout } = await host.run([
        'stat',
        '--format=%U %a',
        '/home/razroom/.config/containers/auth.json',
      ])
      expect(stdout.trim()).toBe('razroom 600')
    })

    it('gives a private image after that, and not after a logout', async () => {
      await update('--image', PRIVATE)
      await seeRunning(ids.three)
      const logout = await callApi(panel, 'DELETE /api/registry-logins', { registry: PRIVATE_REGISTRY })
      expect(logout.status).toBe(204)
      expect((await callApi(panel, 'GET /api/registry-logins')).body).toEqual([])
      expect(problemOf(await tryUpdate()).detail).toContain('Log in to')
      await seeRunning(ids.three)
    })
  })

  describe('a step back', () => {
    it('brings the image before, and another one goes forward again', async () => {
      await panel.cli('rollback')
      await seeRunning(ids.two)
      expect((await readStatus(panel)).image?.source).toEqual({ kind: 'registry', reference: PUBLIC })
      await panel.cli('rollback')
      await seeRunning(ids.three)
      expect((await readStatus(panel)).image?.previous?.id).toBe(ids.two)
    })
  })

  describe('an archive', () => {
    it('of root alone is loaded, and not again while it is the same', async () => {
      await update('--archive', '/root/good.tar')
      await seeRunning(ids.four)
      const again = await panel.cli<Operation>('setup')
      expect(again).toMatchObject({ state: 'succeeded', changed: false })
    })

    it.runIf(isWhole)('is sent, used and gone, and setup goes on without it', async () => {
      const sent = await upload('/root/good.tar')
      expect(sent.sizeBytes).toBe(Number((await host.run(['stat', '--format=%s', '/root/good.tar'])).stdout))
      const { stdout } = await host.run(['stat', '--format=%U %a', sent.path])
      expect(stdout.trim()).toBe('root 600')
      await panel.cli('rollback')
      await seeRunning(ids.three)
      await update('--archive', sent.path)
      await seeRunning(ids.four)
      expect((await readStatus(panel)).image?.label).toBe('loaded from an uploaded archive')
      expect((await host.run(['ls', '/var/lib/razroom-panel/uploads'])).stdout).toBe('')
      expect(await panel.cli<Operation>('setup')).toMatchObject({ state: 'succeeded', changed: false })
    })

    it.runIf(isWhole)('that is none is refused in podman’s words, and leaves nothing', async () => {
      const archives = await makeHostileArchives(host)
      const before = await listTraces(panel)
      for (const [name, path] of archives) {
        const problem = problemOf(await tryUpdate('--archive', path))
        expect(problem.code, `${name}: ${problem.detail}`).toBe('IMAGE_LOAD_FAILED')
        expect(problem.detail, name).toContain('podman exited with')
        expect(await listTraces(panel), name).toBe(before)
      }
      await seeRunning(ids.four)
    })

    it.runIf(isWhole)('that the one who put it there may not read is not read for him', async () => {
      await host.run(['sh', '-ec', 'mkfifo /home/alice/fifo; ln -s /root/good.tar /home/alice/link'], {
        user: 'alice',
      })
      for (const path of ['/home/alice/fifo', '/home/alice/link', '/dev/zero', '/root', '/nowhere.tar']) {
        const started = Date.now()
        expect(problemOf(await tryUpdate('--archive', path)).code, path).toBe('ARCHIVE_NOT_FOUND')
        expect(Date.now() - started).toBeLessThan(60_000)
      }
    })
  })

  describe('an update that fails', () => {
    it('because the gateway ends goes back by itself and says why', async () => {
      const problem = problemOf(await tryUpdate('--image', 'localhost/crash:1', ...WITHIN))
      expect(problem.code).toBe('UPDATE_ROLLED_BACK')
      expect(problem.detail).toContain('Gateway start blocked')
      expect(problem.detail).toContain('razroom.json does not set gateway.mode to local')
      expect(problem.detail).toContain('warming up')
      await seeRunning(ids.four)
      expect((await readStatus(panel)).image?.previous?.id).toBe(ids.three)
    })

    it.runIf(isWhole)('because the gateway never answers goes back by itself', async () => {
      const problem = problemOf(await tryUpdate('--image', 'localhost/mute:1', ...WITHIN))
      expect(problem.code).toBe('UPDATE_ROLLED_BACK')
      expect(problem.detail).toContain('within 20 s')
      expect(problem.detail).toContain('thinking about it')
      await seeRunning(ids.four)
    })

    it.runIf(isWhole)('because somebody cancels it goes back too', async () => {
      const id = await startUpdate('localhost/mute:1')
      expect((await callApi(panel, `DELETE /api/operations/${id}`)).status).toBeLessThan(300)
      const ended = await awaitOperation(panel, id, 'has ended', ({ state }) => state !== 'running')
      expect(ended.state).toBe('cancelled')
      await panel.cli('launch')
      await seeRunning(ids.four)
    })
  })

  /** Starts an update and waits until its gateway is being waited for. */
  async function startUpdate(reference: string): Promise<string> {
    const id = await startOperation(panel, 'POST /api/image/update', {
      image: { kind: 'registry', reference },
      healthyWithinSeconds: 600,
    })
    const isWaiting = ({ steps }: Operation) =>
      steps.some((step) => step.id === 'wait-until-healthy' && step.state === 'running')
    await awaitOperation(panel, id, 'waits for the gateway', isWaiting)
    return id
  }

  describe('a daemon that is killed in the middle of an update', () => {
    const interrupt = async () => {
      await startUpdate('localhost/mute:1')
      await panel.kill()
      await panel.start()
    }

    it.runIf(isWhole)('leaves a way back', async () => {
      await interrupt()
      await panel.cli('rollback')
      await seeRunning(ids.four)
      expect((await readStatus(panel)).image?.previous?.id).toBe(ids.three)
    })

    it('leaves one that a further update keeps', async () => {
      await interrupt()
      await update('--image', PUBLIC)
      await seeRunning(ids.two)
      expect((await readStatus(panel)).image?.previous?.id).toBe(ids.four)
      await panel.cli('rollback')
      await seeRunning(ids.four)
    })
  })

  describe('images that nobody needs', () => {
    it('are removed on request, and no other', async () => {
      const { images, prunableBytes } = await readImages()
      expect(images.find(({ id }) => id === ids.four)).toMatchObject({ role: 'current', isRunning: true })
      expect(images.find(({ id }) => id === ids.two)).toMatchObject({ role: 'previous', isRunning: false })
      const others = images.filter(({ role }) => role === 'other').map(({ id }) => id)
      expect(others).toEqual(expect.arrayContaining([ids.mute, ids.crash]))
      expect(prunableBytes).toBeGreaterThan(0)
      const prune = async (...chosen: (string | undefined)[]) => {
        const id = await startOperation(panel, 'POST /api/images/prune', { ids: chosen })
        return awaitOperation(panel, id, 'has ended', ({ state }) => state !== 'running')
      }
      for (const id of [ids.four, ids.two])
        expect((await prune(ids.mute, id)).problem).toMatchObject({ code: 'IMAGE_IN_USE' })
      expect((await readImages()).images.length).toBe(images.length)
      expect(await prune(ids.mute, ids.crash?.slice(0, 12))).toMatchObject({
        state: 'succeeded',
        changed: true,
      })
      const left = (await readImages()).images.map(({ id }) => id)
      expect(left).not.toContain(ids.mute)
      expect(left).not.toContain(ids.crash)
      expect(await prune(ids.mute)).toMatchObject({ state: 'succeeded', changed: false })
      await panel.cli('rollback')
      await seeRunning(ids.two)
    })
  })
}
