import type { Writable } from 'node:stream'
import { PLAN_NAME, REPORT_NAME, type TreeRequest } from '../backup/agent-messages.ts'
import type { TarHeader } from '../backup/entry-rules.ts'
import { type LeftOut, MAX_NAMED } from '../backup/format.ts'
import { createTarWriter, type TarWriter } from '../backup/tar-writer.ts'
import { errno, fileError } from '../user-agent/file-errors.ts'
import { openSettled } from './read-settled.ts'
import { type WalkedItem, walkTree } from './walk-tree.ts'

const ESSENTIAL = /^config\/(\.env|razroom\.json)$/

/**
 * Writes the tree as a tar archive: a plan, the entries, and a report of what is not in it.
 * @throws {HostError} see walkTree; FILE_DENIED when an essential file cannot be read
 */
export async function saveTree(request: TreeRequest, output: Writable): Promise<void> {
  const { items, leftOut } = await walkTree(request)
  const archive = createTarWriter(output)
  const bytes = items.reduce((sum, { size }) => sum + size, 0)
  await archive.bytes({ name: PLAN_NAME }, Buffer.from(JSON.stringify({ entries: items.length, bytes })))
  const missed: LeftOut[] = [...leftOut]
  const unsettled: string[] = []
  for (const item of items) {
    if (item.type === 'file') await putFile(archive, item, missed, unsettled)
    else await archive.empty({ ...headerOf(item), ...kindOf(item) })
  }
  const report = {
    leftOut: missed.slice(0, MAX_NAMED),
    leftOutCount: missed.length,
    unsettled: unsettled.slice(0, MAX_NAMED),
  }
  await archive.bytes({ name: REPORT_NAME }, Buffer.from(JSON.stringify(report)))
  await archive.end()
}

async function putFile(
  archive: TarWriter,
  item: WalkedItem,
  missed: LeftOut[],
  unsettled: string[],
): Promise<void> {
  const isEssential = ESSENTIAL.test(item.path)
  const file = await openSettled(item.file, isEssential).catch((error: unknown) => {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ELOOP') return null
    if (isEssential || (code !== 'EACCES' && code !== 'EPERM')) throw fileError(error, item.file)
    missed.push({ path: item.path, why: 'it may not be read' })
    return undefined
  })
  if (file === undefined) return
  // It went, or became something else, since it was listed: whoever did that is at work right now.
  if (file === null) {
    missed.push({ path: item.path, why: 'it went while the backup was made' })
    return
  }
  try {
    await archive.file({ ...headerOf(item), size: file.size }, file.chunks)
    if (file.isUnsettled()) unsettled.push(item.path)
  } finally {
    await file.close()
  }
}

function headerOf({ path, mode, mtime }: WalkedItem): TarHeader {
  return { name: path, mode, mtime: new Date(mtime * 1000) }
}

function kindOf({ type, target }: WalkedItem): Partial<TarHeader> {
  return type === 'link' ? { type: 'symlink', linkname: target } : { type: 'directory' }
}
