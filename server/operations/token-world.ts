/** A machine as far as the token matters, for the tests of its rotation: two files, and a gateway that reads them. */
import { createHash } from 'node:crypto'
import { defaultSettings } from '../../contract/settings.ts'
import { parseEnvFile, readEnv } from '../domain/env-file.ts'
import { readConfig } from '../domain/razroom-config.ts'
import { effectiveToken } from '../domain/token.ts'
import { ConflictError, HostError, PanelError } from '../errors.ts'
import type { ContainerFacts, Host, HostFacts, ImageFacts, PanelState } from '../host/host.ts'
import { USER } from './image-switch-world.ts'
import type { OperationPlan, StepContext } from './runner.ts'

export const ENV_PATH = '/home/razroom/.razroom/.env'
export const CONFIG_PATH = '/home/razroom/.razroom/razroom.json'
export const TOKEN_KEY = 'RAZROOM_GATEWAY_TOKEN'

const IMAGE: ImageFacts = {
  id: 'one',
  reference: 'localhost/razroom-bundled:local',
  createdAt: '2026-11-23',
  sizeBytes: 1,
  labels: {},
  references: [],
  env: [],
}

export interface World {
  readonly files: Map<string, string>
  /** Which of the two files were written, in order. */
  readonly writes: string[]
  /** What was kept as a version: path, author, reason. */
  readonly versions: string[]
  isRunning: boolean
  starts: number
  /** The variables of the container, and the token that the gateway checks. */
  containerEnv: string[]
  inForce: string | null
  hasImage: boolean
  portHolder: { port: number; address: string; uid: number } | null
  /** What a start does to the gateway; by default it reads both files. */
  onStart: () => void
  /** Comes between reading and writing, once. */
  onWrite: ((path: string) => void) | null
  /** So many changes succeed, then the process is dead. */
  left: number
}

/** A gateway that runs with what these files say. @param config razroom.json, unless there is none */
export function makeWorld(env: string, config?: string): World {
  const world: World = {
    files: new Map([[ENV_PATH, env], ...(config === undefined ? [] : [[CONFIG_PATH, config] as const])]),
    writes: [],
    versions: [],
    isRunning: true,
    starts: 0,
    containerEnv: [],
    inForce: null,
    hasImage: true,
    portHolder: null,
    onStart: () => readFiles(world),
    onWrite: null,
    left: Number.POSITIVE_INFINITY,
  }
  readFiles(world)
  return world
}

/** As the gateway does at its start. */
function readFiles(world: World): void {
  const variables = readEnv(parseEnvFile(new TextEncoder().encode(world.files.get(ENV_PATH) ?? '')))
  const config = world.files.get(CONFIG_PATH)
  const found = effectiveToken(
    variables,
    config === undefined ? null : readConfig(new TextEncoder().encode(config)),
  )
  world.inForce = found?.token ?? null
  world.containerEnv = [...variables].map(([key, value]) => `${key}=${value}`)
}

const etagOf = (text: string) => createHash('sha256').update(text).digest('hex')

export function hostOf(world: World): Host {
  const change = <A extends readonly unknown[], R>(run: (...args: A) => R) => {
    return async (...args: A): Promise<R> => {
      world.left -= 1
      if (world.left < 0) throw new Error('killed')
      return run(...args)
    }
  }
  const state = { settings: { ...defaultSettings(), mode: 'container' }, startDurationsMs: [] }
  const container = () =>
    ({
      id: 'c',
      name: 'razroom',
      status: world.isRunning ? 'running' : 'exited',
      running: world.isRunning,
      exitCode: 1,
      oomKilled: false,
      startedAt: '2026-11-23T00:00:00Z',
      imageId: 'one',
      labels: {},
      env: world.containerEnv,
      ports: [],
      createCommand: [],
    }) as unknown as ContainerFacts
  const verbs: Partial<Host> = {
    readState: async () => state as unknown as PanelState,
    updateState: async () => state as unknown as PanelState,
    findUser: async () => USER,
    readFacts: async () =>
      ({ hasSystemd: false, podmanVersion: '5.4.2', hasCatatonit: true }) as unknown as HostFacts,
    inspectImage: async () => (world.hasImage ? IMAGE : null),
    inspectContainer: async () => container(),
    readUserFile: async (_user, path) => {
      const text = world.files.get(path)
      if (text === undefined) return null
      return { bytes: new TextEncoder().encode(text), etag: etagOf(text), mode: 0o600, uid: 900 }
    },
    writeUserFile: change((_user, { path, bytes, expectedEtag }) => {
      const { onWrite } = world
      world.onWrite = null
      onWrite?.(path)
      const there = world.files.get(path)
      if (expectedEtag !== (there === undefined ? 'absent' : etagOf(there)))
        throw new ConflictError('ENV_CHANGED', { detail: path })
      const text = new TextDecoder().decode(bytes)
      world.files.set(path, text)
      if (path === ENV_PATH || path === CONFIG_PATH) world.writes.push(path)
      return { etag: etagOf(text) }
    }),
    listVersions: async () => [],
    readVersion: async () => null,
    addVersion: async (path, { by, reason, etag }) => {
      world.versions.push([path, by, reason ?? ''].join(' '))
      return { id: '1-00000000', at: '', by, etag, sizeBytes: 1, added: 0, removed: 0 }
    },
    runContainer: change(() => {
      world.starts += 1
      world.isRunning = true
      world.onStart()
      return { id: 'c'.repeat(64) }
    }),
    readContainerLogs: async () => ['Gateway start blocked'],
    ensureUserDirectory: async () => ({ created: false, corrected: false }),
    hasUserDirectory: async () => false,
    listUserDirectory: async () => [],
    findPortHolder: async () => world.portHolder,
    hasAddress: async () => true,
    openContainerDevices: async () => [],
    probeGateway: async () =>
      world.isRunning ? { answered: true, status: 200 } : { answered: false, reason: 'refused' },
    proveGatewayToken: async (_user, _port, token) => {
      if (!world.isRunning) return { answered: false, reason: 'refused' }
      return { answered: true, status: token === world.inForce ? 200 : 401 }
    },
    describePodman: (_user, args) => args.join(' '),
  }
  return verbs as Host
}

/** How an operation ended, and all that it said on the way. */
export interface Outcome {
  readonly error: PanelError | null
  /** What the steps said last, by their id. */
  readonly said: ReadonlyMap<string, string>
  /** Everything that left the steps, and the error. */
  readonly text: string
}

/** Performs the plan. @throws what is no error of the panel, such as the end of the process */
export async function perform(plan: OperationPlan, signal = new AbortController().signal): Promise<Outcome> {
  const said = new Map<string, string>()
  const all: string[] = []
  const end = (error: PanelError | null): Outcome => ({
    error,
    said,
    text: [...all, error?.message, error?.detail, JSON.stringify(error?.fields)].join('\n'),
  })
  try {
    for (const { id, run } of plan.steps) {
      const note = (text: string): void => {
        said.set(id, text)
        all.push(text)
      }
      const context: StepContext = {
        found: note,
        did: note,
        command: (text) => void all.push(text),
        signal,
        watch: { signal },
        startedBy: 'page',
        kind: plan.kind,
      }
      // As the runner does: what was cancelled begins no other step.
      signal.throwIfAborted()
      await run(context)
    }
    return end(null)
  } catch (error) {
    if (error instanceof PanelError) return end(error)
    throw error
  }
}

/** A gateway that does not come up. */
export const failToStart = (): never => {
  throw new HostError('COMMAND_FAILED', { detail: 'podman says no' })
}
