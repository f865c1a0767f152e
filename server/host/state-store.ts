/** What the panel keeps between runs: one file of root's, checked when it is read, replaced whole when it changes. */
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { PreviousImage } from '../../contract/images.ts'
import { defaultSettings, ImageSource, Settings } from '../../contract/settings.ts'
import { writeOwnFile } from './durable-file.ts'
import type { PanelState, StateChange } from './host.ts'

const KeptImage = Type.Object({
  source: ImageSource,
  id: Type.String(),
  names: Type.Array(Type.String()),
})

const Stored = Type.Object({
  settings: Type.Union([Settings, Type.Null()]),
  sessions: Type.Array(
    Type.Object({
      idHash: Type.String(),
      csrfToken: Type.String(),
      createdAt: Type.Number(),
      lastSeenAt: Type.Number(),
      stepUpUntil: Type.Number(),
    }),
  ),
  startDurationsMs: Type.Array(Type.Number()),
  created: Type.Array(Type.String()),
  previousImage: Type.Union([PreviousImage, Type.Null()]),
  previousNames: Type.Array(Type.String()),
  answeredImage: Type.Union([Type.String(), Type.Null()]),
  imageSwitch: Type.Union([
    Type.Object({
      kind: Type.Enum(['update', 'rollback']),
      from: Type.Union([KeptImage, Type.Null()]),
      to: Type.Union([KeptImage, Type.Null()]),
    }),
    Type.Null(),
  ]),
  loadedArchives: Type.Array(
    Type.Object({
      path: Type.String(),
      stamp: Type.String(),
      sha256: Type.String(),
      imageId: Type.String(),
    }),
  ),
})

const EMPTY: PanelState = {
  settings: null,
  sessions: [],
  startDurationsMs: [],
  created: [],
  previousImage: null,
  previousNames: [],
  answeredImage: null,
  imageSwitch: null,
  loadedArchives: [],
}

export interface StateStore {
  read(): Promise<PanelState>
  /** Replaces the parts that are given, of the settings single fields; one change at a time. */
  update(change: StateChange): Promise<PanelState>
}

/** @param stateDir root's directory, made with mode 0700 when it is missing */
export function createStateStore(stateDir: string): StateStore {
  const path = join(stateDir, 'state.json')
  let last: Promise<unknown> = Promise.resolve()

  async function read(): Promise<PanelState> {
    const text = await readText(path)
    if (text === null) return EMPTY
    const state = parse(text)
    if (state) return state
    const aside = `${path}.broken-${Date.now()}`
    await rename(path, aside)
    console.error(`state: ${path} could not be understood; it is kept as ${aside}, and the panel starts anew`)
    return EMPTY
  }

  /** Another process of the panel may write too, so each change starts from what is on the disk. */
  async function change({ settings, ...part }: StateChange): Promise<PanelState> {
    const present = await read()
    const merged = settings && { ...(present.settings ?? defaultSettings()), ...settings }
    const next = { ...present, ...part, ...(merged ? { settings: merged } : {}) }
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
    await writeOwnFile(path, `${JSON.stringify(next, null, 2)}\n`, 0o600)
    return next
  }

  return {
    read,
    update(part) {
      const done = last.then(() => change(part))
      last = done.catch(() => undefined)
      return done
    },
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): PanelState | null {
  try {
    const value = withDefaults(JSON.parse(text))
    return Value.Check(Stored, value) ? value : null
  } catch {
    // Not JSON: the caller keeps the file aside and says so.
    return null
  }
}

/** What an earlier version of the panel did not know yet has its default. */
function withDefaults(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const state: Record<string, unknown> = { ...EMPTY, ...value }
  const { settings } = state
  if (typeof settings === 'object' && settings !== null)
    state.settings = { ...defaultSettings(), ...settings }
  return state
}
