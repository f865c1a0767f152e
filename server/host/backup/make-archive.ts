import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { BackupOptions, BackupOrder, MadeBackup } from '../backups.ts'
import type { DiskReserve } from '../disk-reserve.ts'
import type { UserAccount, Watch } from '../host.ts'
import { newArchive } from './archive-place.ts'
import { readAgent } from './backup-process.ts'
import { compressionOf } from './format.ts'
import { packArchive } from './pack-archive.ts'
import { scanArchive } from './scan-archive.ts'
import { agentOf, treeRequest, workspaceInConfig } from './tree-request.ts'

/**
 * Saves, writes, reads back, and only then gives it its name.
 * @param options `guard` is what the content passes on its way to the disk
 * @param directory the panel's own, for a backup without a path
 */
export async function makeBackup(
  options: BackupOptions & { readonly guard?: DiskReserve['guard'] },
  directory: string,
  user: UserAccount,
  order: BackupOrder,
  watch: Watch | undefined,
): Promise<MadeBackup> {
  const { directories, includesWorkspace, reason, settings } = order
  const createdAt = new Date().toISOString()
  const path = order.path ?? (await freeName(directory, createdAt))
  const facts = {
    createdAt,
    panelVersion: options.panelVersion,
    reason,
    user: user.name,
    includesWorkspace,
    workspaceInConfig: workspaceInConfig(directories),
    settings,
  }
  const stdin = Buffer.from(JSON.stringify(treeRequest(directories, includesWorkspace)))
  const archive = await newArchive(options, path)
  try {
    const work = { ...(await agentOf(user)), args: ['save'] as const, stdin, watch }
    const compression = compressionOf(path) ?? 'zstd'
    const sizeBytes = await readAgent(options, work, async (tree) => {
      const packed = packArchive(tree, facts, compression)
      const content = options.guard
        ? Readable.from(options.guard(packed.stream), { objectMode: false })
        : packed.stream
      const size = await archive.write(content, watch)
      await packed.manifest
      return size
    })
    const manifest = await archive.read((file) => scanArchive(file, { signal: watch?.signal }), watch)
    await archive.commit()
    const files = manifest.entries.filter(({ type }) => type === 'file').length
    const { leftOut, unsettled } = manifest
    const name = path.slice(path.lastIndexOf('/') + 1)
    return { name, path, createdAt, sizeBytes, reason, includesWorkspace, files, leftOut, unsettled }
  } catch (error) {
    await archive.discard()
    throw error
  }
}

/** razroom-<UTC time>.tar.zst, and a number where two fall into one second. */
async function freeName(directory: string, createdAt: string): Promise<string> {
  const stamp = createdAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')
  const taken = new Set(await readdir(directory))
  for (let number = 1; ; number++) {
    const name = `razroom-${stamp}${number === 1 ? '' : `-${number}`}.tar.zst`
    if (!taken.has(name)) return join(directory, name)
  }
}
