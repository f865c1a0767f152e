import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DirectoryRoom, TreeRequest, TreeRoom } from '../backup/agent-messages.ts'
import { errno } from '../user-agent/file-errors.ts'

/** The room on the file systems of the two directories; each may be a link, or a mount of its own. */
export async function measureRoom({ configDir, workspaceDir }: TreeRequest): Promise<TreeRoom> {
  return { config: await roomOf(configDir), workspace: await roomOf(workspaceDir) }
}

/** Of the nearest parent for what is not there yet, or lies in a directory that the restore has yet to open. */
async function roomOf(path: string): Promise<DirectoryRoom> {
  try {
    const { dev } = await stat(path)
    const { bavail, blocks, bsize } = await statfs(path)
    return { device: dev, freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch (error) {
    const isHidden = ['ENOENT', 'ENOTDIR', 'EACCES'].includes(errno(error) ?? '')
    if (!isHidden || path === dirname(path)) throw error
    return roomOf(dirname(path))
  }
}
