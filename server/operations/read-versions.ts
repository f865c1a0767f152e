/** The versions of the gateway's files for the routes: listed, compared, and gone back to. */
import type {
  DifferenceAgainst,
  FileVersion,
  VersionDifference,
  VersionedFile,
} from '../../contract/versions.ts'
import { maskConfigText } from '../domain/config-view.ts'
import { parseEnvFile } from '../domain/env-file.ts'
import { maskedDifference } from '../domain/line-difference.ts'
import { maskedEnvLines } from '../domain/mask.ts'
import { InputError, NotFoundError } from '../errors.ts'
import type { Host, StoredVersion, UserAccount } from '../host/host.ts'
import { asText, noticeVersion, readVersioned, versionedPath } from './file-versions.ts'
import { ABSENT_ETAG, requireUser } from './gateway-files.ts'

interface Shelf {
  readonly user: UserAccount
  readonly path: string
  readonly versions: readonly StoredVersion[]
  readonly etag: string
}

/** The file as it is becomes a version first, if it is none yet. */
async function openShelf(host: Host, file: VersionedFile): Promise<Shelf> {
  const { user } = await requireUser(host)
  const path = await versionedPath(host, user, file)
  const etag = await noticeVersion(host, user, file)
  return { user, path, etag, versions: await host.listVersions(path) }
}

function asFileVersion(version: StoredVersion, index: number, { etag }: Shelf): FileVersion {
  return { ...version, isCurrent: index === 0 && version.etag === etag }
}

function find({ versions }: Shelf, id: string): { version: StoredVersion; index: number } {
  const index = versions.findIndex((version) => version.id === id)
  const version = versions[index]
  if (!version) throw new NotFoundError('VERSION_NOT_FOUND', { detail: id })
  return { version, index }
}

async function readBytes(host: Host, path: string, version: StoredVersion): Promise<Uint8Array | null> {
  if (version.etag === ABSENT_ETAG) return null
  const bytes = await host.readVersion(path, version.id)
  if (!bytes) throw new NotFoundError('VERSION_NOT_FOUND', { detail: version.id })
  return bytes
}

/** Newest first. SETUP_REQUIRED, and what the host says of a file that cannot be read. */
export async function listFileVersions(host: Host, file: VersionedFile): Promise<FileVersion[]> {
  const shelf = await openShelf(host, file)
  return shelf.versions.map((version, index) => asFileVersion(version, index, shelf))
}

/** Secrets are masked: one that changed shows as two masks. VERSION_NOT_FOUND. */
export async function readVersionDifference(
  host: Host,
  file: VersionedFile,
  id: string,
  against: DifferenceAgainst = 'previous',
): Promise<VersionDifference> {
  const shelf = await openShelf(host, file)
  const { user, path, versions } = shelf
  const { version, index } = find(shelf, id)
  const bytes = await readBytes(host, path, version)
  const mask = file === 'env' ? maskEnvText : maskConfigLines
  let other: Uint8Array | null = null
  if (against === 'current') other = (await readVersioned(host, user, file, path))?.bytes ?? null
  else {
    const previous = versions[index + 1]
    if (previous) other = await readBytes(host, path, previous)
  }
  return {
    version: asFileVersion(version, index, shelf),
    against,
    difference: maskedDifference(asText(other), asText(bytes), mask),
  }
}

function maskEnvText(text: string): string[] {
  return maskedEnvLines(parseEnvFile(new TextEncoder().encode(text)))
}

function maskConfigLines(text: string): string[] {
  return maskConfigText(text).split('\n')
}

/** What going back brings. VERSION_NOT_FOUND; REQUEST_INVALID when there was no file then. */
export async function readVersionBytes(
  host: Host,
  file: VersionedFile,
  id: string,
): Promise<{ bytes: Uint8Array; isProven: boolean }> {
  const shelf = await openShelf(host, file)
  const { version } = find(shelf, id)
  const bytes = await readBytes(host, shelf.path, version)
  if (bytes) return { bytes, isProven: version.provenAt !== undefined }
  throw new InputError('REQUEST_INVALID', {
    detail: `there was no ${shelf.path} then: nothing to go back to`,
  })
}
