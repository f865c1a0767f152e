/** Which versions of its files a gateway started with and answered, and the offer to go back to them. */
import type { GoBack } from '../../contract/versions.ts'
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host, UserAccount } from '../host/host.ts'
import { newestVersion, noticeVersion, VERSIONED_FILES, versionedPath } from './file-versions.ts'
import { ABSENT_ETAG } from './gateway-files.ts'

export interface Proving {
  /** Tells of a look at a container that runs. Errors of the host's own directory; a file that cannot be read is none. */
  look(user: UserAccount, container: ContainerFacts, answered: boolean): Promise<void>
}

interface Start {
  readonly name: string
  /** Ids of the versions it was started with, by the path of their file. */
  readonly versions: ReadonlyMap<string, string>
  isProven: boolean
}

/** Remembers with which versions a container was started, until it answers: then they are proven. */
export function createProving(host: Host): Proving {
  let start: Start = { name: '', versions: new Map(), isProven: true }
  let last: Promise<void> = Promise.resolve()

  async function take(user: UserAccount, container: ContainerFacts, answered: boolean): Promise<void> {
    const name = `${container.id} ${container.startedAt}`
    if (start.name !== name) {
      const before = answered ? Date.parse(container.startedAt) : null
      start = { name, versions: await readVersions(host, user, before), isProven: false }
    }
    if (!answered || start.isProven) return
    const at = new Date().toISOString()
    for (const [path, id] of start.versions) await host.markVersionProven(path, id, at)
    start.isProven = true
  }

  return {
    look(user, container, answered) {
      const done = last.then(() => take(user, container, answered))
      last = done.catch(() => undefined)
      return done
    },
  }
}

/**
 * The versions that the files are now.
 * @param before of a start that nobody saw: what was written, or noticed, after it proves nothing
 */
async function readVersions(
  host: Host,
  user: UserAccount,
  before: number | null,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const file of VERSIONED_FILES) {
    try {
      await noticeVersion(host, user, file)
    } catch (error) {
      // The status tells of a file that cannot be read; there is no version of it.
      if (!(error instanceof PanelError)) throw error
      continue
    }
    const path = await versionedPath(host, user, file)
    const version = await newestVersion(host, path)
    if (version && (before === null || Date.parse(version.at) <= before)) found.set(path, version.id)
  }
  return found
}

/** The files that differ from the last version with which a gateway started. */
export async function readGoBack(host: Host, user: UserAccount): Promise<GoBack[]> {
  const offers: GoBack[] = []
  for (const file of VERSIONED_FILES) {
    const path = await versionedPath(host, user, file)
    const proven = (await host.listVersions(path)).find(({ provenAt }) => provenAt !== undefined)
    if (proven?.provenAt === undefined || proven.etag === ABSENT_ETAG) continue
    try {
      if ((await noticeVersion(host, user, file)) === proven.etag) continue
    } catch (error) {
      // What is there cannot be read: it differs.
      if (!(error instanceof PanelError)) throw error
    }
    offers.push({ file, path, versionId: proven.id, provenAt: proven.provenAt })
  }
  return offers
}
