/**
 * What root itself has allowed: whose account the gateway may run as, and which paths root may read for it. A file of
 * root's that no verb of the host can write, since settings and records of the panel come from the front.
 */
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { HostError } from '../../errors.ts'
import { writeOwnFile } from '../durable-file.ts'
import { createStateStore } from '../state-store.ts'

const AdmissionList = Type.Object({
  /** Accounts that root named on the shell. */
  users: Type.Array(Type.String(), { maxItems: 1_000 }),
  /** Accounts that the panel made. */
  made: Type.Array(Type.String(), { maxItems: 1_000 }),
  /** Files and directories that root named on the shell. */
  paths: Type.Array(Type.String(), { maxItems: 1_000 }),
})
export type AdmissionList = Static<typeof AdmissionList>

export interface AdmissionFile {
  read(): Promise<AdmissionList>
  /** One change at a time. */
  change(next: (list: AdmissionList) => AdmissionList): Promise<void>
}

/** What setup writes to the record when it makes a user. */
const MADE = /^(?:making-)?user:(.+)$/

/** @param stateDir root's directory of the panel, 0700 */
export function createAdmissionFile(stateDir: string): AdmissionFile {
  const path = join(stateDir, 'admitted.json')
  let kept: { readonly stamp: string; readonly list: AdmissionList } | null = null
  let last: Promise<unknown> = Promise.resolve()

  async function read(): Promise<AdmissionList> {
    const stamp = await stampOf(path)
    if (stamp === null) return begin()
    if (kept?.stamp === stamp) return kept.list
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!Value.Check(AdmissionList, value))
      throw new HostError('INTERNAL', { detail: `${path} is not as the panel writes it` })
    kept = { stamp, list: value }
    return value
  }

  /**
   * There is no list yet: this machine is new, or was set up by a panel that was one process, all of it root's. What
   * that one was told to use stays allowed; from now on the record of the panel proves nothing any more.
   */
  async function begin(): Promise<AdmissionList> {
    const { settings, created } = await createStateStore(stateDir).read()
    const image = settings?.image
    const list: AdmissionList = {
      users: settings ? [settings.user] : [],
      made: created.flatMap((entry) => MADE.exec(entry)?.[1] ?? []),
      paths: image && 'path' in image ? [image.path] : [],
    }
    await write(list)
    return list
  }

  async function write(list: AdmissionList): Promise<void> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
    await writeOwnFile(path, `${JSON.stringify(list, null, 2)}\n`, 0o600)
  }

  return {
    read,
    change(next) {
      const done = last.then(async () => write(next(await read())))
      last = done.catch(() => undefined)
      return done
    },
  }
}

/** Changes with the file; null when there is none. */
export async function stampOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
