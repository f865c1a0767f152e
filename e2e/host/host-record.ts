import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openCache } from './cache-paths.ts'
import { isMissing } from './file-errors.ts'
import type { BaseLevel, HostKind, NetworkMode } from './kinds.ts'
import { isAlive, type ProcessIdentity, readBootId } from './process-identity.ts'

/**
 * What is written down about a host before anything of it is made, so that whoever comes later can undo it. All
 * its other resources follow from the name: folder, control group, network namespace.
 */
export interface HostRecord {
  readonly name: string
  readonly kind: HostKind
  readonly base: BaseLevel
  readonly network: NetworkMode
  /** The process whose end makes the host a leftover; `null`: kept until somebody takes it down. */
  readonly owner: ProcessIdentity | null
  readonly bootId: string
  readonly createdAt: string
  /** Given to every program inside. */
  readonly env: Readonly<Record<string, string>>
  /** systemd-nspawn or unshare. */
  readonly supervisor?: ProcessIdentity
  /** The host's PID 1 as seen from outside. */
  readonly init?: ProcessIdentity
}

/** The folders of a host. */
export interface HostPaths {
  /** Everything below is the host's. */
  readonly top: string
  /** Where its disk is mounted. */
  readonly tree: string
  readonly disk: string
  readonly devices: string
  readonly consoleLog: string
  readonly networkLog: string
  readonly chromium: string
  /** Bind mount of its network namespace, where ip-netns(8) puts it. */
  readonly netnsPath: string
}

/** The paths that belong to a host's name. */
export async function hostPaths(name: string): Promise<HostPaths> {
  const top = join((await openCache()).hosts, name)
  return {
    top,
    tree: join(top, 'tree'),
    disk: join(top, 'disk.ext4'),
    devices: join(top, 'devices'),
    consoleLog: join(top, 'console.log'),
    networkLog: join(top, 'network.log'),
    chromium: join(top, 'chromium'),
    netnsPath: join('/run/netns', name),
  }
}

/** Writes a record so that a reader sees the old one or the new one. */
export async function writeRecord(record: HostRecord): Promise<void> {
  const path = await recordPath(record.name)
  await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`)
  await rename(`${path}.new`, path)
}

/** Forgets a host: the last step of taking it down. */
export async function removeRecord(name: string): Promise<void> {
  await rm(await recordPath(name), { force: true })
}

/** The record of one host. @throws when there is none, naming those there are */
export async function readRecord(name: string): Promise<HostRecord> {
  const records = await listRecords()
  const found = records.find((record) => record.name === name)
  if (found !== undefined) return found
  const names = records.map((record) => record.name).join(', ')
  throw new Error(`no host is called '${name}'; there ${names === '' ? 'is none' : `are: ${names}`}`)
}

/** All hosts of this cache, whoever owns them. */
export async function listRecords(): Promise<HostRecord[]> {
  const { hosts } = await openCache()
  const files = (await readdir(hosts)).filter((file) => file.endsWith('.json'))
  const records = await Promise.all(files.map((file) => readRecordFile(join(hosts, file))))
  return records.filter((record) => record !== undefined)
}

/** Whether nobody wants the host any more: its owner ended, or the machine was booted again since. */
export function isStale(record: HostRecord): boolean {
  if (record.bootId !== readBootId()) return true
  return record.owner !== null && !isAlive(record.owner)
}

async function readRecordFile(path: string): Promise<HostRecord | undefined> {
  try {
    // We wrote it ourselves, by rename: it is whole and of this shape.
    return JSON.parse(await readFile(path, 'utf8')) as HostRecord
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function recordPath(name: string): Promise<string> {
  return join((await openCache()).hosts, `${name}.json`)
}
