/** A machine as far as images matter, for the tests of updates and steps back. */
import { defaultSettings, type ImageSource } from '../../contract/settings.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts, PanelState, UserAccount } from '../host/host.ts'
import type { OperationPlan, StepContext } from './runner.ts'
import { updateImage } from './update-image.ts'

export const USER: UserAccount = {
  name: 'razroom',
  uid: 900,
  gid: 900,
  home: '/home/razroom',
  shell: '/bin/false',
}
export const NEW = { kind: 'registry', reference: 'r.example/gateway:2' } as const
export const BAD: ImageSource = { kind: 'registry', reference: 'r.example/gateway:bad' }
export const SAME = { kind: 'registry', reference: 'r.example/gateway:1' } as const

/** A machine as far as images matter: names, a store, a registry and one container. */
export interface World {
  readonly names: Map<string, string>
  readonly registry: Map<string, string>
  container: string | null
  state: PanelState
}

export function makeWorld(image: ImageSource): World {
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
      answeredImage: null,
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
export interface Life {
  left: number
  isDead: boolean
}

export function hostOf(world: World, life: Life = { left: Number.POSITIVE_INFINITY, isDead: false }): Host {
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
    listVersions: async () => [],
    addVersion: async (_path, { by, etag, added, removed }) => ({
      id: '1-00000000',
      at: 'now',
      by,
      etag,
      sizeBytes: 0,
      added,
      removed,
    }),
    writeUserFile: change(() => ({ etag: 'x' })),
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    hasUserDirectory: async () => false,
    listUserDirectory: async () => [],
    emptyUserDirectory: change(() => true),
    readLogBefore: async () => ({
      lines: [{ cursor: '1', time: '2999-01-01T00:00:00Z', stream: 'stdout', text: 'last word' }],
      hasMore: false,
    }),
    findPortHolder: async () => null,
    hasAddress: async () => true,
    openContainerDevices: async () => [],
    probeGateway: async () =>
      world.container === 'bad' ? { answered: false, reason: 'refused' } : { answered: true, status: 200 },
    describePodman: (_user, args) => args.join(' '),
  }
  return verbs as Host
}

export const context: StepContext = {
  found: () => undefined,
  did: () => undefined,
  command: () => undefined,
  signal: new AbortController().signal,
  watch: {},
  startedBy: 'page',
  kind: 'update-image',
}

/** @returns the code of the error it ended with, or null; KILLED when its life ended, whatever it made of that */
export async function perform(plan: OperationPlan, life?: Life): Promise<string | null> {
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
export async function fail(plan: OperationPlan): Promise<PanelError> {
  try {
    for (const step of plan.steps) await step.run(context)
  } catch (error) {
    if (error instanceof PanelError) return error
    throw error
  }
  throw new Error('the operation succeeded')
}

/** Everything but times. */
export function endState({ names, container, state }: World) {
  const { settings, previousImage, imageSwitch } = state
  const previous = previousImage && { ...previousImage, replacedAt: '' }
  return { names: [...names].sort(), container, image: settings?.image, previous, imageSwitch }
}

export const update = (image: ImageSource | undefined, healthyWithinSeconds = 0.01) => {
  return (host: Host) => updateImage(host, { ...(image ? { image } : {}), healthyWithinSeconds })
}
