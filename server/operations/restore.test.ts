import { expect, it } from 'vitest'
import { defaultSettings } from '../../contract/settings.ts'
import { HostError, PanelError } from '../errors.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts, UserAccount } from '../host/host.ts'
import type { NewVersion } from '../host/versions.ts'
import { restoreGateway } from './restore.ts'
import type { StepContext } from './runner.ts'

const USER: UserAccount = { name: 'razroom', uid: 900, gid: 900, home: '/home/razroom', shell: '/bin/false' }
const IMAGE: ImageFacts = {
  id: 'one',
  reference: 'localhost/razroom-bundled:local',
  createdAt: '2026-11-23',
  sizeBytes: 1,
  labels: {},
  references: [],
  env: [],
}
const FACTS = { hasSystemd: false, podmanVersion: '5.4.2', hasCatatonit: true } as HostFacts
/** What comes before it is setup, with tests of its own. */
const SETUP_STEPS = ['create-user', 'id-ranges', 'user-manager', 'containers-conf', 'directories']

type Mark = Awaited<ReturnType<Host['readRestoreMark']>>

/** A gateway and the bytes of its one file. */
interface World {
  running: boolean
  startedAt: string
  here: string
  saved: string
  mark: Mark
  freeBytes: number
  /** Put into the place of writing the files. */
  writing: () => Promise<void>
  canStart: boolean
  /** Who the versions of razroom.json are put down to. */
  readonly versions: string[]
}

const makeWorld = (change: Partial<World> = {}): World => ({
  running: true,
  startedAt: '2026-11-23T00:00:00Z',
  here: 'a'.repeat(64),
  saved: 'b'.repeat(64),
  mark: null,
  freeBytes: 1e12,
  writing: async () => undefined,
  canStart: true,
  versions: [],
  ...change,
})

const fail = (error: unknown) => async () => {
  throw error
}

function hostOf(world: World): Host {
  const container = () => ({
    id: 'c',
    name: 'razroom',
    status: world.running ? 'running' : 'exited',
    running: world.running,
    exitCode: 0,
    oomKilled: false,
    startedAt: world.startedAt,
    imageId: 'one',
    labels: {},
    env: [],
    ports: [],
    mounts: [],
    createCommand: [],
  })
  const room = () => ({ device: 1, freeBytes: world.freeBytes, totalBytes: 1e12 })
  const file = { path: 'config/razroom.json', type: 'file', size: 9, mode: 0o600 } as const
  const settings = { ...defaultSettings(), mode: 'container' } as const
  const manifest = {
    createdAt: '2026-01-01T00:00:00Z',
    user: 'razroom',
    includesWorkspace: true,
    settings,
  }
  const state = { settings, created: ['user:razroom'], startDurationsMs: [] }
  const verbs = {
    verifyBackup: async () => ({
      manifest: { ...manifest, entries: [{ ...file, mtime: 1, sha256: world.saved }] },
      envFile: null,
      configFile: null,
    }),
    readState: async () => state,
    updateState: async () => state,
    updateSettings: async () => state,
    findUser: async () => USER,
    readFacts: async () => FACTS,
    listGatewayTree: async () => [{ ...file, sha256: world.here, target: '' }],
    readTreeRoom: async () => ({ config: room(), workspace: room() }),
    makeBackup: async () => ({ path: '/b', files: 1, sizeBytes: 1, leftOut: [], unsettled: [] }),
    readRestoreMark: async () => world.mark,
    writeRestoreMark: async (mark: Mark) => {
      world.mark = mark
    },
    inspectContainer: async () => container() as unknown as ContainerFacts,
    inspectImage: async () => IMAGE,
    stopContainer: async () => {
      world.running = false
    },
    runContainer: async () => {
      if (!world.canStart) throw new HostError('COMMAND_FAILED', { detail: 'podman says no' })
      world.running = true
      world.startedAt = new Date().toISOString()
      return { id: 'c'.repeat(64) }
    },
    restoreBackup: async () => {
      await world.writing()
      world.here = world.saved
      return { written: 1, unchanged: 0, aside: [] }
    },
    readUserFile: async (_user: UserAccount, path: string) => {
      const bytes = new TextEncoder().encode(`{ gateway: { mode: "local" } } // ${world.here}`)
      return path.endsWith('.json') ? { bytes, etag: world.here, mode: 0o600, uid: 900 } : null
    },
    listVersions: async (path: string) =>
      path.endsWith('.json')
        ? world.versions.map((who) => ({ id: '1-00000000', etag: who.split(' ')[1] }))
        : [],
    readVersion: async () => null,
    addVersion: async (_path: string, { by, reason, etag }: NewVersion) => {
      world.versions.unshift(`${by}/${reason} ${etag}`)
    },
    writeUserFile: async () => ({ etag: 'x' }),
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    hasUserDirectory: async () => false,
    listUserDirectory: async () => [],
    hasAddress: async () => true,
    findPortHolder: async () => null,
    openContainerDevices: async () => [],
    probeGateway: async () => ({ answered: true, status: 200 }),
    proveGatewayToken: async () => ({ answered: true, status: 200 }),
    describePodman: (_user: UserAccount, args: readonly string[]) => args.join(' '),
  }
  return verbs as unknown as Host
}

/** @returns what the steps said, by their id, and how it ended */
async function perform(
  world: World,
  signal = new AbortController().signal,
  onStep: (id: string) => void = () => undefined,
) {
  const said = new Map<string, string>()
  const plan = restoreGateway(hostOf(world), { name: 'x.tar.zst' })
  try {
    for (const { id, run } of plan.steps.filter(({ id }) => !SETUP_STEPS.includes(id))) {
      const note = (text: string) => void said.set(id, text)
      const context: StepContext = {
        found: note,
        did: note,
        command: () => undefined,
        signal,
        watch: { signal },
        startedBy: 'page',
        kind: 'restore',
      }
      // As the runner does.
      signal.throwIfAborted()
      onStep(id)
      await run(context)
    }
    return { said, error: null }
  } catch (error) {
    if (error instanceof PanelError) return { said, error }
    throw error
  }
}

it('stops a gateway that ran, and starts it', async () => {
  const world = makeWorld()
  const { error } = await perform(world)
  expect(error).toBeNull()
  expect(world).toMatchObject({ running: true, mark: null })
  expect(world.startedAt).not.toBe('2026-11-23T00:00:00Z')
})

it('leaves one alone that did not run', async () => {
  const world = makeWorld({ running: false })
  const { said } = await perform(world)
  expect(said.get('start-container')).toBe('the gateway did not run before')
  expect(world).toMatchObject({ running: false, mark: null })
})

it('says that nothing is to be restored where nothing differs', async () => {
  const world = makeWorld({ here: 'b'.repeat(64) })
  const { said } = await perform(world)
  for (const id of ['stop-container', 'check-ports', 'start-container', 'wait-until-healthy'])
    expect(said.get(id)).toBe('nothing is to be restored: the gateway goes on running')
  expect(world).toMatchObject({ running: true, startedAt: '2026-11-23T00:00:00Z', mark: null })
})

it('is the author of the files that it brings, and not of those that were there', async () => {
  const world = makeWorld()
  await perform(world)
  expect(world.versions).toEqual([`page/restore ${world.saved}`, `outside/undefined ${'a'.repeat(64)}`])
})

it('refuses for lack of room before it stops anything', async () => {
  const world = makeWorld({ freeBytes: 5 })
  const { error } = await perform(world)
  expect(error?.code).toBe('DISK_FULL')
  expect(world).toMatchObject({ running: true, startedAt: '2026-11-23T00:00:00Z', mark: null })
})

it('starts the gateway again when the files cannot be written, and says so', async () => {
  const world = makeWorld({ writing: fail(new HostError('DISK_FULL', { detail: '/w' })) })
  const { error } = await perform(world)
  expect(error).toMatchObject({
    code: 'DISK_FULL',
    detail: '/w; the gateway, stopped for the restore, runs again',
  })
  expect(world).toMatchObject({ running: true, mark: null })
})

it('starts it again when it is cancelled', async () => {
  const abort = new AbortController()
  const writing = async () => {
    abort.abort()
    throw new HostError('OPERATION_CANCELLED')
  }
  const world = makeWorld({ writing })
  const { said } = await perform(world, abort.signal)
  expect(said.get('restore-files')).toBe('the gateway, stopped for the restore, was started again')
  expect(world).toMatchObject({ running: true, mark: null })
})

it.each([
  'stop-container',
  'restore-files',
  'check-ports',
  'systemd-unit',
  'start-container',
  'wait-until-healthy',
])('starts it again when it is cancelled while %s does what it does', async (step) => {
  const abort = new AbortController()
  const world = makeWorld()
  const running = perform(world, abort.signal, (id) => {
    if (id === step) abort.abort()
  })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(world).toMatchObject({ running: true, mark: null })
})

it('says that it does not run when it cannot be started again, and a second run starts it', async () => {
  const world = makeWorld({ writing: fail(new HostError('DISK_FULL', { detail: '/w' })), canStart: false })
  const { error } = await perform(world)
  expect(error).toMatchObject({ code: 'DISK_FULL' })
  expect(error?.detail).toMatch(
    /^\/w; the gateway was stopped .* could not be started again \(.*podman says no\)/,
  )
  expect(world.running).toBe(false)
  Object.assign(world, { writing: async () => undefined, canStart: true })
  expect((await perform(world)).error).toBeNull()
  expect(world).toMatchObject({ running: true, mark: null })
})

it('does not start one that a failed restore did not stop', async () => {
  const world = makeWorld({ running: false, writing: fail(new HostError('DISK_FULL', { detail: '/w' })) })
  expect((await perform(world)).error?.detail).toBe('/w')
  expect(world.running).toBe(false)
})

it('minds no mark of another backup, and none from before somebody started the gateway', async () => {
  const killed = makeWorld({ writing: fail(new HostError('DISK_FULL')), canStart: false })
  await perform(killed)
  const { mark } = killed
  expect(mark).toMatchObject({ startAfter: true })

  const same = makeWorld({ running: false, mark })
  await perform(same)
  expect(same.running).toBe(true)

  const other = makeWorld({ running: false, mark, saved: 'c'.repeat(64) })
  await perform(other)
  expect(other).toMatchObject({ running: false, mark: null })

  const stopped = makeWorld({ running: false, mark, startedAt: new Date(Date.now() + 1_000).toISOString() })
  await perform(stopped)
  expect(stopped).toMatchObject({ running: false, mark: null })
})
