/** A machine as far as the gateway's two files and their versions matter, for tests. */
import { createHash } from 'node:crypto'
import { defaultSettings } from '../../contract/settings.ts'
import { gatewayPaths } from '../domain/gateway-spec.ts'
import { ConflictError, HostError } from '../errors.ts'
import type {
  ContainerFacts,
  Host,
  HostFacts,
  PanelState,
  StoredVersion,
  UserAccount,
  UserFile,
} from '../host/host.ts'

export const USER: UserAccount = {
  name: 'razroom',
  uid: 900,
  gid: 900,
  home: '/home/razroom',
  shell: '/bin/false',
}
export const PATHS = gatewayPaths(USER, defaultSettings())

export interface FileWorld {
  readonly host: Host
  /** What an editor on a shell would do: it asks nobody. */
  put(path: string, text: string | Uint8Array | null): void
  text(path: string): string | null
  /** Newest first: who, why, and how the file was. */
  history(path: string): string[]
  etag(path: string): string
  /** Reading this path fails with this code from now on. */
  refuse(path: string): void
  /** The next version that is to be kept meets a full disk. */
  fillDisk(): void
  container: ContainerFacts | null
}

/** Of any bytes, as the host counts it. */
export function etagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function makeFileWorld(): FileWorld {
  const files = new Map<string, Uint8Array>()
  const versions = new Map<string, { record: StoredVersion; bytes: Uint8Array | null }[]>()
  const refused = new Set<string>()
  let isFull = false
  let clock = Date.parse('2026-11-27T00:00:00Z')
  const state: PanelState = {
    settings: defaultSettings(),
    sessions: [],
    startDurationsMs: [],
    created: [],
    previousImage: null,
    previousNames: [],
    answeredImage: null,
    imageSwitch: null,
    loadedArchives: [],
  }
  const read = (path: string): UserFile | null => {
    if (refused.has(path)) throw new HostError('FILE_DENIED', { detail: path })
    const bytes = files.get(path)
    return bytes ? { bytes, etag: etagOf(bytes), mode: 0o600, uid: USER.uid } : null
  }
  const of = (path: string) => versions.get(path) ?? []
  const verbs: Partial<Host> = {
    readState: async () => state,
    findUser: async () => USER,
    readFacts: async () => ({ hasSystemd: false }) as HostFacts,
    inspectImage: async () => null,
    inspectContainer: async () => world.container,
    readUserFile: async (_user, path) => read(path),
    async writeUserFile(_user, { path, bytes, expectedEtag }) {
      // A turn of the event loop, as the real one takes: who does not wait for the other comes between.
      await new Promise(setImmediate)
      const etag = read(path)?.etag ?? 'absent'
      if (expectedEtag !== undefined && etag !== expectedEtag) throw new ConflictError('ENV_CHANGED')
      files.set(path, bytes)
      return { etag: etagOf(bytes) }
    },
    listVersions: async (path) => of(path).map(({ record }) => record),
    readVersion: async (path, id) => of(path).find(({ record }) => record.id === id)?.bytes ?? null,
    async addVersion(path, { bytes, ...rest }) {
      if (isFull) {
        isFull = false
        throw new HostError('DISK_FULL', { detail: path })
      }
      clock += 1_000
      const id = `${clock}-${rest.etag === 'absent' ? '00000000' : rest.etag.slice(0, 8)}`
      const record = { ...rest, id, at: new Date(clock).toISOString(), sizeBytes: bytes?.length ?? 0 }
      versions.set(path, [{ record, bytes }, ...of(path)])
      return record
    },
    async markVersionProven(path, id, provenAt) {
      versions.set(
        path,
        of(path).map((one) => (one.record.id === id ? { ...one, record: { ...one.record, provenAt } } : one)),
      )
    },
  }
  const world: FileWorld = {
    host: verbs as Host,
    put(path, text) {
      if (text === null) files.delete(path)
      else files.set(path, typeof text === 'string' ? new TextEncoder().encode(text) : text)
    },
    text(path) {
      const bytes = files.get(path)
      return bytes ? new TextDecoder().decode(bytes) : null
    },
    etag: (path) => read(path)?.etag ?? 'absent',
    history: (path) =>
      of(path).map(({ record, bytes }) => {
        const who = record.reason === undefined ? record.by : `${record.by}/${record.reason}`
        return `${who}: ${bytes ? new TextDecoder().decode(bytes).trim() : 'none'}`
      }),
    refuse: (path) => {
      refused.add(path)
    },
    fillDisk: () => {
      isFull = true
    },
    container: null,
  }
  return world
}
