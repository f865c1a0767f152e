/** Earlier versions of the gateway's files: root's own copies, of which the gateway's user can neither read nor lose one. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { FileVersion, KEPT_VERSIONS, VersionId } from '../../contract/versions.ts'
import { ConflictError, HostError } from '../errors.ts'
import { writeOwnFile } from './durable-file.ts'

const StoredVersion = Type.Omit(FileVersion, ['isCurrent'])
/** A version as it is kept; whether the file is so now, is not. */
export type StoredVersion = Static<typeof StoredVersion>

export interface NewVersion extends Pick<StoredVersion, 'by' | 'reason' | 'etag' | 'added' | 'removed'> {
  /** null: there was no file. */
  readonly bytes: Uint8Array | null
}

export interface Versions {
  /** Newest first. */
  listVersions(path: string): Promise<readonly StoredVersion[]>
  /** The bytes of a version; null when it is not kept, or when there was no file. */
  readVersion(path: string, id: string): Promise<Uint8Array | null>
  /** Keeps a version as the newest one, and drops what is over the limit. DISK_FULL, QUOTA_REACHED. */
  addVersion(path: string, version: NewVersion): Promise<StoredVersion>
  /** Says of a version that a gateway started with it; no error when it is not kept any more. */
  markVersionProven(path: string, id: string, at: string): Promise<void>
}

/** Files of which versions are kept: whoever asks for them may make up any number of names. */
const MAX_FILES = 16
/** Of one file, beyond what {@link surplus} always keeps. */
const MAX_BYTES = 24 * 1_048_576
/** Earlier days of which the last version stays: whoever asks for so many new ones that the others go cannot make it go. */
const KEPT_DAYS = 7
/** What is not whole after that time was left behind by a process that died. */
const ORPHAN_AFTER_MS = 60_000
const RECORD = /^([0-9]{1,15}-[0-9a-f]{8})\.json$/
const BYTES = /^([0-9]{1,15}-[0-9a-f]{8})\.bytes$/

/**
 * Each version is two files, its bytes and, written after them, its record: so there is no index that two processes
 * could write at once, and a crash leaves at most bytes without a record, which the next write sweeps.
 * @param stateDir root's directory, 0700
 */
export function createVersions(stateDir: string): Versions {
  const directoryOf = (path: string): string =>
    join(stateDir, 'versions', createHash('sha256').update(path).digest('hex').slice(0, 16))

  async function list(directory: string): Promise<StoredVersion[]> {
    const ids = (await namesIn(directory)).flatMap((name) => RECORD.exec(name)?.[1] ?? [])
    const records = await Promise.all(ids.map((id) => readRecord(directory, id)))
    return records.filter((record) => record !== null).sort((a, b) => timeOf(b.id) - timeOf(a.id))
  }

  async function add(path: string, { bytes, ...version }: NewVersion): Promise<StoredVersion> {
    const directory = directoryOf(path)
    await requireRoom(directory)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const present = await list(directory)
    // A clock that was set back must not bring a new version behind an old one.
    const time = Math.max(Date.now(), timeOf(present[0]?.id ?? '0') + 1)
    const mark = version.etag === 'absent' ? '00000000' : version.etag.slice(0, 8)
    const record: StoredVersion = {
      ...version,
      id: checkedId(`${time}-${mark}`),
      at: new Date().toISOString(),
      sizeBytes: bytes?.length ?? 0,
    }
    try {
      if (bytes) await writeOwnFile(join(directory, `${record.id}.bytes`), bytes, 0o600)
      await writeRecord(directory, record)
    } catch (error) {
      throw asDiskFull(path, error)
    }
    await drop(directory, surplus([record, ...present]))
    await sweep(directory)
    return record
  }

  /** One after the other, so that what is counted still holds when it is written. */
  let turn: Promise<unknown> = Promise.resolve()

  return {
    listVersions: (path) => list(directoryOf(path)),
    readVersion: async (path, id) => readOwn(join(directoryOf(path), `${checkedId(id)}.bytes`)),
    addVersion(path, version) {
      const done = turn.then(() => add(path, version))
      turn = done.catch(() => undefined)
      return done
    },
    async markVersionProven(path, id, at) {
      const directory = directoryOf(path)
      const record = await readRecord(directory, checkedId(id))
      if (record) await writeRecord(directory, { ...record, provenAt: at })
    },
  }
}

/** @throws {ConflictError} QUOTA_REACHED this would be the first version of one file too many */
async function requireRoom(directory: string): Promise<void> {
  const [all, name] = [dirname(directory), basename(directory)]
  const kept = await namesIn(all)
  if (kept.includes(name) || kept.length < MAX_FILES) return
  const detail = `versions of ${MAX_FILES} files are kept already, one directory each in ${all}`
  throw new ConflictError('QUOTA_REACHED', { detail })
}

/**
 * What is over the limit; of that the version that was proven last stays, unless a newer one was, and the last one of each
 * of some earlier days.
 * @param versions newest first
 */
function surplus(versions: readonly StoredVersion[]): StoredVersion[] {
  const proven = versions.find(({ provenAt }) => provenAt !== undefined)
  const lastOfDays = new Map<string, StoredVersion>()
  for (const version of versions) {
    const day = version.at.slice(0, '2026-11-28'.length)
    if (!lastOfDays.has(day)) lastOfDays.set(day, version)
  }
  const floor = new Set([...lastOfDays.values()].slice(0, 1 + KEPT_DAYS))
  let bytes = 0
  return versions.filter((version, index) => {
    bytes += version.sizeBytes
    const isOver = index >= KEPT_VERSIONS || (index > 0 && bytes > MAX_BYTES)
    return isOver && version !== proven && !floor.has(version)
  })
}

/** The record first: without it the bytes are an orphan, and no version. */
async function drop(directory: string, versions: readonly StoredVersion[]): Promise<void> {
  for (const { id } of versions) {
    await rm(join(directory, `${id}.json`), { force: true })
    await rm(join(directory, `${id}.bytes`), { force: true })
  }
}

async function sweep(directory: string): Promise<void> {
  const names = await namesIn(directory)
  const known = new Set(names.flatMap((name) => RECORD.exec(name)?.[1] ?? []))
  const orphans = names.filter((name) => {
    const id = BYTES.exec(name)?.[1]
    return id === undefined ? name.endsWith('.tmp') : !known.has(id)
  })
  for (const name of orphans) {
    const path = join(directory, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > ORPHAN_AFTER_MS) await rm(path, { force: true })
  }
}

async function writeRecord(directory: string, record: StoredVersion): Promise<void> {
  await writeOwnFile(join(directory, `${record.id}.json`), `${JSON.stringify(record)}\n`, 0o600)
}

/** null when there is none, or one that cannot be understood: the other versions are no worse for it. */
async function readRecord(directory: string, id: string): Promise<StoredVersion | null> {
  const bytes = await readOwn(join(directory, `${id}.json`))
  if (!bytes) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Value.Check(StoredVersion, value) && value.id === id ? value : null
  } catch {
    // Not JSON: a disk that lost what it had confirmed.
    return null
  }
}

async function readOwn(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function timeOf(id: string): number {
  return Number.parseInt(id, 10)
}

/** An id is part of a path. */
function checkedId(id: string): string {
  if (Value.Check(VersionId, id)) return id
  throw new TypeError(`${JSON.stringify(id)} is no id of a version`)
}

function asDiskFull(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  const detail = `the version of ${path} could not be kept in the panel’s own directory`
  return new HostError('DISK_FULL', { detail, cause: error })
}
