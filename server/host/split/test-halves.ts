/** Two halves over a real socket, for tests: a machine in memory, and what crossed. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { AuthError, SetupError } from '../../errors.ts'
import type { Redactor } from '../../redact.ts'
import type { Host, UserAccount } from '../host.ts'
import { createReusedReads, type ReusedReads } from '../reused-reads.ts'
import type { Admission } from './admission.ts'
import { type ConnectedHost, connectHost } from './connect-host.ts'
import type { FrontBounds } from './front-bounds.ts'
import { serveHost } from './serve-host.ts'

export const RAZROOM: UserAccount = {
  name: 'razroom',
  uid: 999,
  gid: 999,
  home: '/home/razroom',
  shell: '/usr/sbin/nologin',
}

/** Allows the user razroom and the paths below /open. */
export const ADMISSION = {
  async findAccount(name) {
    if (name !== RAZROOM.name) throw new AuthError('USER_NOT_ADMITTED', { detail: name })
    return RAZROOM
  },
  async requireAllowed(name) {
    if (name !== RAZROOM.name) throw new AuthError('USER_NOT_ADMITTED', { detail: name })
  },
  async beginMaking(name) {
    if (name !== RAZROOM.name) throw new AuthError('USER_NOT_ADMITTED', { detail: name })
  },
  undoMaking: async () => undefined,
  async findReader(path) {
    if (!path.startsWith('/open/')) throw new AuthError('PATH_NOT_ADMITTED', { detail: path })
    return null
  },
  async requireWritable(path) {
    if (!path.startsWith('/open/')) throw new AuthError('PATH_NOT_ADMITTED', { detail: path })
  },
  readIds: async () => [0, 999],
  readList: async () => ({ users: [], made: [], paths: [] }),
  addUser: async () => undefined,
  removeUser: async () => undefined,
  addPath: async () => undefined,
  removePath: async () => undefined,
} as const satisfies Admission

/** Takes what comes, and writes nothing down. */
export const NO_BOUNDS: FrontBounds = {
  audit: { limit: (appendAudit) => appendAudit },
  record: { tell: () => undefined },
}

/** A host whose verbs are these; any other fails, and `close` says that it was called. */
export function machineOf(verbs: Partial<Host>): { host: Host; isClosed(): boolean } {
  let closed = false
  const host = new Proxy(verbs, {
    get(of, name) {
      if (name === 'close')
        return async () => {
          closed = true
        }
      const verb = of[name as keyof Host]
      return (
        verb ??
        (() => {
          throw new SetupError('PLATFORM_UNSUPPORTED', { detail: String(name) })
        })
      )
    },
  }) as Host
  return { host, isClosed: () => closed }
}

/** The two ends of one connection over a socket file; closed with the test. @param reads takes what comes to the front */
export async function socketPair(reads?: ReusedReads): Promise<{ root: Socket; front: Socket }> {
  const directory = mkdtempSync(join(tmpdir(), 'halves-'))
  const path = join(directory, 'host.sock')
  const server = createServer()
  server.listen(path)
  await once(server, 'listening')
  const front = connect({ path, ...(reads ? { onread: reads.onread } : {}) })
  const [[root]] = (await Promise.all([once(server, 'connection'), once(front, 'connect')])) as [
    [Socket],
    unknown,
  ]
  server.close()
  onTestFinished(() => {
    root.destroy()
    front.destroy()
    rmSync(directory, { recursive: true, force: true })
  })
  return { root, front }
}

export interface Halves {
  /** What the front has. */
  readonly front: ConnectedHost
  readonly sockets: { readonly root: Socket; readonly front: Socket }
  /** All that was begun has been ended. */
  readonly closed: Promise<void>
  isClosed(): boolean
}

/** @param verbs of the machine behind the root half */
export async function startHalves(
  verbs: Partial<Host>,
  {
    redact = (text) => text,
    admission = ADMISSION,
    bounds = NO_BOUNDS,
  }: { redact?: Redactor; admission?: Admission; bounds?: FrontBounds } = {},
): Promise<Halves> {
  const reads = createReusedReads()
  const sockets = await socketPair(reads)
  const { host, isClosed } = machineOf(verbs)
  const { closed } = serveHost(host, sockets.root, { admission, bounds })
  return {
    front: await connectHost(sockets.front, { redact, reads }),
    sockets,
    closed,
    isClosed,
  }
}
