import { expect, it } from 'vitest'
import { sealUnit } from '../domain/unit-text.ts'
import { PanelError } from '../errors.ts'
import type { UnitFacts } from '../host/host.ts'
import { hostOf, makeWorld } from './image-switch-world.ts'
import { deriveStatus, feelPulse, observe } from './read-status.ts'

const FAILED: UnitFacts = {
  loadState: 'loaded',
  activeState: 'failed',
  subState: 'failed',
  result: 'start-limit-hit',
  restarts: 0,
  exitCode: 0,
  fragmentPath: '/run/user/900/systemd/generator/razroom.service',
  sourcePath: '/home/razroom/.config/containers/systemd/razroom.container',
  dropInPaths: [],
  unitFileState: 'generated',
  needsReload: false,
}

/** A gateway in service mode whose container is gone. */
function failedHost(unit: UnitFacts) {
  const world = { ...makeWorld({ kind: 'bundled' }), container: null }
  const { settings } = world.state
  if (settings) world.state = { ...world.state, settings: { ...settings, mode: 'quadlet' } }
  const host = hostOf(world)
  return Object.assign(host, {
    readFacts: async () => ({ ...(await hostOf(world).readFacts()), hasSystemd: true, hasQuadlet: true }),
    readUnit: async () => unit,
  })
}

it('tells that systemd gave up where the last run of the gateway ended in order', async () => {
  const { fatal } = await observe(failedHost(FAILED))
  expect(fatal?.meaning).toContain('started too often')
  expect(fatal?.hint).toContain('sudo razroom-panel launch')
})

it('tells why the gateway ended where that is known, also when systemd gave up', async () => {
  const { fatal } = await observe(failedHost({ ...FAILED, exitCode: 1 }))
  expect(fatal?.line).toBe('last word')
})

it('warns of a file that systemd takes instead of the unit', async () => {
  const runtime = '/run/user/900/containers/systemd/razroom.container'
  const host = failedHost({ ...FAILED, activeState: 'active', sourcePath: runtime })
  const path = '/home/razroom/.config/containers/systemd/razroom.container'
  host.readUserFile = async (_user, file) =>
    file === path
      ? { bytes: new TextEncoder().encode('[Container]\n'), etag: 'x', mode: 0o600, uid: 900 }
      : null
  const { warnings } = await observe(host)
  expect(warnings).toEqual([`systemd takes ${runtime} instead of ${path}: move that file away`])
  expect((await observe(failedHost({ ...FAILED, activeState: 'active' }))).warnings).toEqual([])
})

it('does not take a paused gateway for one that starts or has ended', async () => {
  const host = hostOf(makeWorld({ kind: 'bundled' }))
  const container = await host.inspectContainer({} as never, '')
  if (!container) throw new Error('the world has a container')
  host.inspectContainer = async () => ({ ...container, running: false, status: 'paused' })
  const seen = await observe(host)
  expect(seen.warnings).toEqual([expect.stringContaining('podman pause')])
  const status = deriveStatus(seen, await feelPulse(host, seen), true, { version: '1', operationId: null })
  expect(status.gateway).toMatchObject({ state: 'running', healthy: false })
})

it('knows the unit file of a gateway whose .env cannot be read', async () => {
  const host = failedHost({ ...FAILED, activeState: 'active' })
  const text = sealUnit('[Container]\n')
  host.readUserFile = async (_user, path) => {
    if (path.endsWith('/.env')) throw new PanelError('FILE_DENIED', { detail: path })
    return { bytes: new TextEncoder().encode(text), etag: 'x', mode: 0o600, uid: 900 }
  }
  const { unit, warnings } = await observe(host)
  expect(unit?.status.fileState).toBe('current')
  expect(warnings).toEqual([expect.stringContaining('/.env')])
  host.readUserFile = async (_user, path) => {
    if (path.endsWith('/.env')) throw new PanelError('FILE_DENIED', { detail: path })
    return { bytes: new TextEncoder().encode(`${text}# mine\n`), etag: 'x', mode: 0o600, uid: 900 }
  }
  expect((await observe(host)).unit?.status.fileState).toBe('edited')
})

it('tells a failed gateway from a stopped one also between two tries of systemd', async () => {
  const ending = { ...FAILED, activeState: 'deactivating', subState: 'stop-post', exitCode: 1 }
  expect((await observe(failedHost({ ...ending, result: 'exit-code' }))).fatal?.line).toBe('last word')
  expect((await observe(failedHost({ ...ending, result: 'success' }))).fatal).toBeUndefined()
})
