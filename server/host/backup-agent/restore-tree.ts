/** Puts the entries of an archive into the directories of the user: each file whole or not at all, no link followed. */
import { lstat, mkdir, open, readdir, readlink, realpath, rename, symlink, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import {
  END_NAME,
  MAX_PLAN_BYTES,
  PLAN_NAME,
  type RestorePlan,
  type RestoreReport,
} from '../backup/agent-messages.ts'
import { type RawEntry, readEntries, readJson } from '../backup/archive-reader.ts'
import { createEntryJudge, invalid, type PlainEntry } from '../backup/entry-rules.ts'
import { errno, fileError } from '../user-agent/file-errors.ts'
import { isSameFile, putFile, TEMP_NAME, tempName } from './restore-file.ts'

const MAX_ASIDE = 1_000

interface Work {
  readonly plan: RestorePlan
  /** Mode of each directory, set when all is in it. */
  readonly modes: Map<string, number>
  readonly aside: string[]
  readonly counts: { written: number; unchanged: number }
  readonly roots: Map<string, string>
}

/**
 * A second run over a first one that was killed ends the same: what is there already is left, the rest is done.
 * @throws {InputError} BACKUP_INVALID the stream ended early, or an entry is not what it should be
 * @throws {HostError} DISK_FULL, FILE_DENIED, FILE_REFUSED; what was written by then stays
 */
export async function restoreTree(input: Readable): Promise<RestoreReport> {
  const entries = readEntries(input)
  const first = await entries.next()
  if (first.done || first.value.header.name !== PLAN_NAME) throw invalid('there is no plan')
  const plan = (await readJson(first.value, MAX_PLAN_BYTES)) as RestorePlan
  const work: Work = {
    plan,
    modes: new Map(),
    aside: [],
    counts: { written: 0, unchanged: 0 },
    roots: new Map(),
  }
  const judge = createEntryJudge(plan.workspaceInConfig)
  let isWhole = false
  for await (const entry of entries) {
    if (isWhole) throw invalid('something follows the end')
    isWhole = entry.header.name === END_NAME
    if (!isWhole) await putEntry(work, judge(entry.header), entry)
  }
  if (!isWhole) throw invalid('the backup ended early')
  await finishDirectories(work.modes)
  return { ...work.counts, aside: work.aside.slice(0, MAX_ASIDE) }
}

async function putEntry(work: Work, entry: PlainEntry, raw: RawEntry): Promise<void> {
  const target = await placeOf(work, entry.path)
  try {
    if (entry.type === 'directory') await putDirectory(work, target, entry)
    else if (entry.type === 'link') await putLink(work, target, entry.target)
    else if (await isSameFile(target, entry, raw)) work.counts.unchanged += 1
    else {
      await clearPlace(work, target, 'file')
      await putFile(target, entry, raw)
      work.counts.written += 1
    }
  } catch (error) {
    throw errno(error) === undefined ? error : fileError(error, target)
  }
}

/** The two directories themselves may be links of the user's; nothing below them may. */
async function placeOf({ plan, roots }: Work, path: string): Promise<string> {
  const [root = '', ...below] = path.split('/')
  let base = roots.get(root)
  if (base === undefined) {
    const wanted = root === 'config' ? plan.configDir : plan.workspaceDir
    await mkdir(wanted, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fileError(error, wanted)
    })
    base = await realpath(wanted)
    roots.set(root, base)
  }
  return join(base, ...below)
}

async function putDirectory(work: Work, target: string, { mode }: PlainEntry): Promise<void> {
  await clearPlace(work, target, 'directory')
  const isNew = await mkdir(target, 0o700).then(
    () => true,
    (error: unknown) => {
      if (errno(error) === 'EEXIST') return false
      throw error
    },
  )
  if (isNew) work.counts.written += 1
  else await makeUsable(target)
  work.modes.set(target, mode)
  if (!isNew) await removeStaleTemps(target)
}

/** Its own user takes the right to work in it; the mode of the backup comes at the end. */
async function makeUsable(directory: string): Promise<void> {
  const { mode } = await lstat(directory)
  if ((mode & 0o700) === 0o700) return
  const handle = await open(directory, 'r').catch(() => null)
  if (handle === null) throw fileErrorOf(directory)
  try {
    await handle.chmod((mode & 0o777) | 0o700)
  } finally {
    await handle.close()
  }
}

function fileErrorOf(path: string): unknown {
  return fileError(Object.assign(new Error('EACCES'), { code: 'EACCES' }), path)
}

async function putLink(work: Work, target: string, text: string): Promise<void> {
  await clearPlace(work, target, 'link')
  const present = await readlink(target).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null
    throw error
  })
  if (present === text) {
    work.counts.unchanged += 1
    return
  }
  const temp = tempName(target)
  await symlink(text, temp)
  await rename(temp, target)
  work.counts.written += 1
}

/** What is of another kind than the backup's entry gets another name beside it: nothing is deleted. */
async function clearPlace(work: Work, target: string, wanted: PlainEntry['type']): Promise<void> {
  const found = await lstat(target).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return null
    throw error
  })
  if (found === null) return
  const kind = found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'link'
        : null
  if (kind === wanted) return
  const aside = await freeName(`${target}.replaced-${work.plan.stamp}`)
  await rename(target, aside)
  work.aside.push(aside)
}

async function freeName(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    const isFree = await lstat(name).then(
      () => false,
      (error: unknown) => {
        if (errno(error) === 'ENOENT') return true
        throw error
      },
    )
    if (isFree) return name
  }
}

/** Temp files of a restore that was killed here. */
async function removeStaleTemps(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (TEMP_NAME.test(name)) await unlink(join(directory, name))
  }
}

/** Deepest first, so that a directory that loses its rights is done with what lies in it. */
async function finishDirectories(modes: ReadonlyMap<string, number>): Promise<void> {
  for (const [directory, mode] of [...modes].reverse()) {
    const handle = await open(directory, 'r')
    try {
      const found = await handle.stat()
      // The place of a mount within a mount is podman's, as one of the user's subordinate ids: its mode stays.
      if ((found.mode & 0o7777) !== mode && found.uid === process.geteuid?.()) await handle.chmod(mode)
      // Without it the renames themselves may be lost at a power cut (rename(2), fsync(2)).
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
  const [top] = modes.keys()
  if (top === undefined) return
  const parent = await open(dirname(top), 'r').catch((error: unknown) => {
    // A directory elsewhere may lie in one that only root reads; it was there before.
    if (errno(error) === 'EACCES') return null
    throw error
  })
  await parent?.sync().finally(() => parent.close())
}
