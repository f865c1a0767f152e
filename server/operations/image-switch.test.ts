import { describe, expect, it, vi } from 'vitest'
import { defaultSettings, type ImageSource } from '../../contract/settings.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts, PanelState, UserAccount } from '../host/host.ts'
import { isPreviousTag } from './ensure-image.ts'
import { readImages } from './prune-images.ts'
import { rollbackImage } from './rollback-image.ts'
import type { OperationPlan, StepContext } from './runner.ts'
import { updateImage } from './update-image.ts'

/** The pauses between two looks at the gateway. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const USER: UserAccount = { name: 'razroom', uid: 900, gid: 900, home: '/home/razroom', shell: '/bin/false' }
const NEW: ImageSource = { kind: 'registry', reference: 'r.example/gateway:2' }
const BAD: ImageSource = { kind: 'registry', reference: 'r.example/gateway:bad' }
const SAME: ImageSource = { kind: 'registry', reference: 'r.example/gateway:1' }
const MOST_CALLS = 60

/** A machine as far as images matter: names, a store, a registry and one container. */
interface World {
  readonly names: Map<string, string>
  readonly registry: Map<string, string>
  container: string | null
  state: PanelState
}

function makeWorld(image: ImageSource): World {
  return {
    names: new Map([
      ['localhost/razroom-bundled:local', 'one'],
      ['r.example/gateway:1', 'one'],
    ]),
    registry: new Map([
      ['r.example/gateway:1', 'one-of-today'],
      ['r.example/gateway:2', 'two'],
      ['r.example/gateway:bad', 'bad'],
    ]),
    container: 'one',
    state: {
      settings: { ...defaultSettings(), image },
      sessions: [],
      startDurationsMs: [],
      created: [],
      previousImage: null,
      previousNames: [],
      imageSwitch: null,
      loadedArchives: [],
    },
  }
}

const FACTS: HostFacts = {
  arch: 'x64',
  os: 'Debian',
  hasSystemd: false,
  cgroups: 'v2',
  hasPidsController: true,
  podmanVersion: '5.4.2',
  runtimes: ['crun'],
  hasCatatonit: true,
  hasQuadlet: false,
  hasUidmap: true,
  selinuxEnforcing: false,
  memoryBytes: 8e9,
}

/** So many changes succeed, then the process is dead: nothing that it does any more has an effect. */
interface Life {
  left: number
  isDead: boolean
}

function hostOf(world: World, life: Life = { left: Number.POSITIVE_INFINITY, isDead: false }): Host {
  const change = <A extends readonly unknown[], R>(run: (...args: A) => R) => {
    return async (...args: A): Promise<R> => {
      life.left -= 1
      life.isDead ||= life.left < 0
      if (life.isDead) throw new Error('killed')
      return run(...args)
    }
  }
  const imageOf = (id: string | undefined, reference: string): ImageFacts | null => {
    const isThere = id !== undefined && [...world.names.values(), world.container].includes(id)
    if (!isThere) return null
    const references = [...world.names].filter(([, owner]) => owner === id).map(([name]) => name)
    return { id, reference, createdAt: '2026-11-23', sizeBytes: 1, labels: {}, references, env: [] }
  }
  const resolve = (name: string) => imageOf(world.names.get(name) ?? name, name)
  const container = (): ContainerFacts | null =>
    world.container === null
      ? null
      : {
          id: `container-of-${world.container}`,
          name: 'razroom',
          status: 'running',
          running: true,
          pid: 1,
          exitCode: 0,
          oomKilled: false,
          stoppedByUser: false,
          startedAt: '2026-11-23T00:00:00Z',
          finishedAt: '',
          imageId: world.container,
          imageName: '',
          labels: {},
          env: [],
          logDriver: 'k8s-file',
          logPath: '',
          ports: [],
          createCommand: [],
        }
  const verbs: Partial<Host> = {
    readState: async () => world.state,
    updateState: change(({ settings: patch, ...part }) => {
      const settings = world.state.settings && { ...world.state.settings, ...patch }
      world.state = { ...world.state, ...part, settings }
      return world.state
    }),
    findUser: async () => USER,
    readFacts: async () => FACTS,
    readDiskFree: async () => 1e12,
    inspectImage: async (_user, reference) => resolve(reference),
    inspectContainer: async () => container(),
    tagImage: change((_user, id, name) => {
      if (!resolve(id)) throw new Error(`no image ${id}`)
      world.names.set(name, resolve(id)?.id ?? id)
    }),
    pullImage: change((_user, reference) => {
      const id = world.registry.get(reference)
      if (id === undefined) throw new PanelError('IMAGE_PULL_FAILED')
      world.names.set(reference, id)
      return imageOf(id, reference) as ImageFacts
    }),
    runContainer: change((_user, args) => {
      const reference = args.find((arg) => world.names.has(arg))
      world.container = world.names.get(reference ?? '') ?? null
      return { id: 'c'.repeat(64) }
    }),
    readUserFile: async () => null,
    writeUserFile: change(() => ({ etag: 'x' })),
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    hasUserDirectory: async () => false,
    listUserDirectory: async () => [],
    readLogBefore: async () => ({
      lines: [{ cursor: '1', time: '2999-01-01T00:00:00Z', stream: 'stdout', text: 'last word' }],
      hasMore: false,
    }),
    findPortHolder: async () => null,
    openContainerDevices: async () => [],
    probeGateway: async () =>
      world.container === 'bad' ? { answered: false, reason: 'refused' } : { answered: true, status: 200 },
    describePodman: (_user, args) => args.join(' '),
  }
  return verbs as Host
}

const context: StepContext = {
  found: () => undefined,
  did: () => undefined,
  command: () => undefined,
  signal: new AbortController().signal,
  watch: {},
}

/** @returns the code of the error it ended with, or null; KILLED when its life ended, whatever it made of that */
async function perform(plan: OperationPlan, life?: Life): Promise<string | null> {
  try {
    for (const step of plan.steps) await step.run(context)
    return null
  } catch (error) {
    if (life?.isDead) return 'KILLED'
    if (error instanceof PanelError) return error.code
    throw error
  }
}

/** The error that the plan has to end with. */
async function fail(plan: OperationPlan): Promise<PanelError> {
  try {
    for (const step of plan.steps) await step.run(context)
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('the operation succeeded')
}

/** Everything but times. */
function endState({ names, container, state }: World) {
  const { settings, previousImage, imageSwitch } = state
  const previous = previousImage && { ...previousImage, replacedAt: '' }
  return { names: [...names].sort(), container, image: settings?.image, previous, imageSwitch }
}

const update = (image: ImageSource | undefined, healthyWithinSeconds = 0.01) => {
  return (host: Host) => updateImage(host, { ...(image ? { image } : {}), healthyWithinSeconds })
}

describe('an update', () => {
  it('keeps the image before it, under a name of its own', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(update(NEW)(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({
      container: 'two',
      image: NEW,
      previous: { source: { kind: 'bundled' }, id: 'one' },
      imageSwitch: null,
    })
    expect(world.names.get('localhost/razroom:previous')).toBe('one')
  })

  it('that does not answer ends as if it had never been', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(update(BAD)(hostOf(world)))).toBe('UPDATE_ROLLED_BACK')
    expect(endState(world)).toMatchObject({
      container: 'one',
      image: { kind: 'bundled' },
      previous: null,
      imageSwitch: null,
    })
  })

  it('of the same name gives the name back when it does not answer', async () => {
    const world = makeWorld(SAME)
    world.registry.set('r.example/gateway:1', 'bad')
    expect(await perform(update(undefined)(hostOf(world)))).toBe('UPDATE_ROLLED_BACK')
    expect(world.names.get('r.example/gateway:1')).toBe('one')
    expect(world.container).toBe('one')
  })

  it('that brings nothing leaves the way back as it was', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const before = endState(world)
    expect(await perform(update(undefined)(hostOf(world)))).toBeNull()
    expect(endState(world)).toEqual(before)
    expect(await perform(update({ kind: 'registry', reference: 'r.example/none' })(hostOf(world)))).toBe(
      'IMAGE_PULL_FAILED',
    )
    expect(endState(world)).toEqual(before)
  })
})

describe('an update that fails', () => {
  it('has the last lines of the new container, not those of the old one that ended', async () => {
    const world = makeWorld({ kind: 'bundled' })
    let startedAt = new Date(0).toISOString()
    const lines: Awaited<ReturnType<Host['readLogBefore']>>['lines'][number][] = []
    const say = (time: string, text: string) => lines.push({ cursor: text, time, stream: 'stdout', text })
    const host = hostOf(world)
    const { runContainer, inspectContainer } = host
    host.inspectContainer = async (user, name) => {
      const container = await inspectContainer(user, name)
      return container && { ...container, startedAt }
    }
    host.readLogBefore = async () => ({ lines, hasMore: false })
    host.runContainer = async (user, args) => {
      say(new Date().toISOString(), `stopped ${world.container}`)
      const result = await runContainer(user, args)
      startedAt = new Date(Date.now() + 5000).toISOString()
      say(startedAt, `started ${world.container}`)
      return result
    }
    const error = await fail(update(BAD)(host))
    expect(error.code).toBe('UPDATE_ROLLED_BACK')
    expect(error.detail).toContain('Its last lines: started bad')
    expect(error.detail).not.toContain('stopped one')
  })

  it('before the new container was made has no last lines', async () => {
    const world = makeWorld({ kind: 'bundled' })
    const host = hostOf(world)
    const { runContainer } = host
    let runs = 0
    host.runContainer = async (user, args) => {
      runs += 1
      if (runs === 1) throw new PanelError('COMMAND_FAILED')
      return runContainer(user, args)
    }
    const error = await fail(update(NEW)(host))
    expect(error.code).toBe('UPDATE_ROLLED_BACK')
    expect(error.detail).not.toContain('Its last lines')
  })
})

describe('the name of the image before', () => {
  it.each([
    'localhost/razroom:previous',
    'razroom:previous',
    'localhost/razroom:previous@sha256:00ff',
    'containers-storage:localhost/razroom:previous',
    'docker://localhost/razroom:previous',
  ])('is no source: %s', async (reference) => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const before = endState(world)
    const error = await fail(update({ kind: 'registry', reference })(hostOf(world)))
    expect(error.code).toBe('REQUEST_INVALID')
    expect(error.detail).toContain('razroom-panel rollback')
    expect(endState(world)).toEqual(before)
  })

  it.each([
    'localhost/razroom:local',
    'localhost/razroom:previous2',
    'r.example/razroom:previous',
    'localhost/razroom@sha256:00ff',
  ])('is not %s', (reference) => {
    expect(isPreviousTag(reference)).toBe(false)
  })

  it('is not among those that the list of images offers', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    const host = hostOf(world)
    const references = ['localhost/razroom-bundled:local', 'localhost/razroom:previous']
    host.listImages = async () => [{ id: 'one', references, createdAt: '2026-11-23', sizeBytes: 1 }]
    const { images } = await readImages(host)
    expect(images).toMatchObject([{ role: 'previous', references: ['localhost/razroom-bundled:local'] }])
  })
})

describe('a step back', () => {
  it('and another one end where they began', async () => {
    const world = makeWorld({ kind: 'bundled' })
    await perform(update(NEW)(hostOf(world)))
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({
      container: 'one',
      image: { kind: 'bundled' },
      previous: { id: 'two', source: NEW },
    })
    expect(await perform(rollbackImage(hostOf(world)))).toBeNull()
    expect(endState(world)).toMatchObject({ container: 'two', image: NEW, previous: { id: 'one' } })
  })

  it('is told when there is none, or when its image was removed', async () => {
    const world = makeWorld({ kind: 'bundled' })
    expect(await perform(rollbackImage(hostOf(world)))).toBe('NO_PREVIOUS_IMAGE')
    await perform(update(NEW)(hostOf(world)))
    for (const [name, id] of world.names) if (id === 'one') world.names.delete(name)
    expect(await perform(rollbackImage(hostOf(world)))).toBe('NO_PREVIOUS_IMAGE')
  })

  it('takes the name that both images had', async () => {
    const world = makeWorld(SAME)
    await perform(update(undefined)(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one-of-today')
    await perform(rollbackImage(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one')
    await perform(rollbackImage(hostOf(world)))
    expect(world.names.get('r.example/gateway:1')).toBe('one-of-today')
  })
})

/** Both begin after an update, so that there is something to go back to. */
async function readyWorld(): Promise<World> {
  const world = makeWorld(SAME)
  await perform(update(undefined)(hostOf(world)))
  return world
}

describe.each([
  ['an update that succeeds', update(NEW)],
  ['an update to the same name', update(SAME)],
  ['an update that does not answer', update(BAD)],
  ['a step back', rollbackImage],
])('%s, killed before any of its changes', (_, plan) => {
  it('ends as if undisturbed when it is begun again', async () => {
    const undisturbed = await readyWorld()
    const outcome = await perform(plan(hostOf(undisturbed)))
    let kills = 0
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const world = await readyWorld()
      const life: Life = { left: calls, isDead: false }
      if ((await perform(plan(hostOf(world, life)), life)) !== 'KILLED') break
      kills += 1
      expect(await perform(plan(hostOf(world))), `after ${calls} changes`).toBe(outcome)
      expect(endState(world), `after ${calls} changes`).toEqual(endState(undisturbed))
    }
    expect(kills).toBeGreaterThan(4)
    expect(kills).toBeLessThan(MOST_CALLS)
  })

  it('leaves a way back to what answered last', async () => {
    for (let calls = 1; calls < MOST_CALLS; calls++) {
      const world = await readyWorld()
      const life: Life = { left: calls, isDead: false }
      if ((await perform(plan(hostOf(world, life)), life)) !== 'KILLED') break
      if (world.state.imageSwitch?.kind !== 'update') continue
      expect(await perform(rollbackImage(hostOf(world))), `after ${calls} changes`).toBeNull()
      expect(endState(world), `after ${calls} changes`).toMatchObject({
        container: 'one-of-today',
        previous: { id: 'one' },
      })
      expect(world.names.get('localhost/razroom:previous')).toBe('one')
    }
  })
})
