/**
 * Keeps a version of `.env` and razroom.json at each change, whoever made it. One change of a file at a time: so what the
 * panel saves is never taken for a change from outside.
 */

import { MAX_CONFIG_BYTES } from '../../contract/config.ts'
import { MAX_ENV_FILE_BYTES } from '../../contract/rules.ts'
import type { VersionAuthor, VersionedFile } from '../../contract/versions.ts'
import { changedLines } from '../domain/line-difference.ts'
import { PanelError } from '../errors.ts'
import type { Host, StoredVersion, UserAccount, UserFile } from '../host/host.ts'
import { ABSENT_ETAG, readPaths } from './gateway-files.ts'
import type { StepContext } from './runner.ts'

export const VERSIONED_FILES: readonly VersionedFile[] = ['env', 'config']

/** Who writes, and which operation, where it is one. */
export interface Author {
  readonly by: VersionAuthor
  readonly reason?: string
}

/** The author that a step of an operation is. */
export function authorOf({ startedBy, kind }: Pick<StepContext, 'startedBy' | 'kind'>): Author {
  return { by: startedBy, reason: kind }
}

export interface VersionedSave extends Author {
  readonly file: VersionedFile
  readonly path: string
  readonly bytes: Uint8Array
  readonly mode: number
  readonly expectedEtag: string
}

const OUTSIDE: Author = { by: 'outside' }

/** What is under way on one host. */
interface Desk {
  /** The end of the last change, by path. */
  readonly turns: Map<string, Promise<unknown>>
  /** To whom changes that are noticed are put down. */
  author: { readonly author: Author; readonly until: number } | null
}

const desks = new WeakMap<Host, Desk>()

function deskOf(host: Host): Desk {
  const desk = desks.get(host) ?? { turns: new Map(), author: null }
  desks.set(host, desk)
  return desk
}

function inTurn<T>(host: Host, path: string, change: () => Promise<T>): Promise<T> {
  const { turns } = deskOf(host)
  const done = (turns.get(path) ?? Promise.resolve()).then(change)
  turns.set(
    path,
    done.catch(() => undefined),
  )
  return done
}

/** Who changes the files now, as far as it was said. */
function presentAuthor(host: Host): Author {
  const { author } = deskOf(host)
  return author && Date.now() < author.until ? author.author : OUTSIDE
}

/** Where a versioned file of this user lies. */
export async function versionedPath(host: Host, user: UserAccount, file: VersionedFile): Promise<string> {
  const { envFile, configFile } = await readPaths(host, user)
  return file === 'env' ? envFile : configFile
}

/** The file as it is; null when there is none. FILE_REFUSED, FILE_TOO_LARGE, FILE_DENIED. */
export function readVersioned(
  host: Host,
  user: UserAccount,
  file: VersionedFile,
  path: string,
): Promise<UserFile | null> {
  return host.readUserFile(user, path, file === 'env' ? MAX_ENV_FILE_BYTES : MAX_CONFIG_BYTES)
}

/**
 * Replaces a file, and keeps what was there and what is there now as versions. ENV_CHANGED when it is another than
 * expected, and what the host says of files that cannot be read or written; DISK_FULL when what was there cannot be kept.
 */
export async function saveVersioned(
  host: Host,
  user: UserAccount,
  { file, path, bytes, mode, expectedEtag, by, reason }: VersionedSave,
): Promise<{ etag: string }> {
  return inTurn(host, path, async () => {
    await keep(host, path, await readVersioned(host, user, file, path), presentAuthor(host))
    const saved = await host.writeUserFile(user, { path, bytes, mode, expectedEtag })
    const author = reason === undefined ? { by } : { by, reason }
    try {
      await keep(host, path, { bytes, etag: saved.etag }, author)
    } catch (error) {
      // The file is saved, which is what was asked for; the look that follows each change keeps the version later.
      console.error(`versions: ${path}:`, error)
    }
    return saved
  })
}

/**
 * Looks at a file and keeps it as a version when it is another than the newest one.
 * @param author who changed it; unless given, who said so, else somebody outside
 * @returns the ETag of the file as it is
 */
export async function noticeVersion(
  host: Host,
  user: UserAccount,
  file: VersionedFile,
  author?: Author,
): Promise<string> {
  const path = await versionedPath(host, user, file)
  return inTurn(host, path, async () => {
    const found = await readVersioned(host, user, file, path)
    await keep(host, path, found, author ?? presentAuthor(host))
    return found?.etag ?? ABSENT_ETAG
  })
}

/** Looks at both files as {@link noticeVersion} does; there is no version of one that cannot be read. */
export async function noticeVersions(host: Host, user: UserAccount, author?: Author): Promise<void> {
  for (const file of VERSIONED_FILES) {
    try {
      await noticeVersion(host, user, file, author)
    } catch (error) {
      // The status tells of such a file, and its editor.
      if (!(error instanceof PanelError)) throw error
    }
  }
}

/** The version that a file is, or was when it was looked at last. */
export async function newestVersion(host: Host, path: string): Promise<StoredVersion | null> {
  return (await host.listVersions(path))[0] ?? null
}

/** From now on changes that are noticed are this author's, for so long or until {@link endAuthor}. */
export async function beginAuthor(
  host: Host,
  user: UserAccount,
  author: Author,
  lastsMs: number,
): Promise<void> {
  // What was changed before is not theirs.
  await noticeVersions(host, user)
  deskOf(host).author = { author, until: Date.now() + lastsMs }
}

/** What was changed up to now is this author's; what comes is not. */
export async function endAuthor(host: Host, user: UserAccount, author: Author): Promise<void> {
  try {
    await noticeVersions(host, user, author)
  } finally {
    deskOf(host).author = null
  }
}

/** Puts down to this author what changes while the work is done, however it ends. */
export async function withAuthor<T>(
  host: Host,
  user: UserAccount,
  author: Author,
  work: () => Promise<T>,
): Promise<T> {
  await beginAuthor(host, user, author, Number.POSITIVE_INFINITY)
  try {
    return await work()
  } finally {
    await endAuthor(host, user, author)
  }
}

async function keep(
  host: Host,
  path: string,
  found: Pick<UserFile, 'bytes' | 'etag'> | null,
  author: Author,
): Promise<void> {
  const newest = await newestVersion(host, path)
  const etag = found?.etag ?? ABSENT_ETAG
  if (etag === (newest?.etag ?? ABSENT_ETAG)) return
  const before = newest ? await host.readVersion(path, newest.id) : null
  const bytes = found?.bytes ?? null
  await host.addVersion(path, { ...author, etag, bytes, ...changedLines(asText(before), asText(bytes)) })
}

/** Lines as they can be compared; bytes that are not UTF-8 are replaced. */
export function asText(bytes: Uint8Array | null): string {
  return bytes ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : ''
}
