import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { TreeItem, TreeRequest } from '../backup/agent-messages.ts'
import { errno } from '../user-agent/file-errors.ts'
import { openSettled } from './read-settled.ts'
import { type WalkedItem, walkTree } from './walk-tree.ts'

/** Writes what is there with its checksums, one JSON document a line, and at the end one that says so. */
export async function listTree(request: TreeRequest, output: NodeJS.WritableStream): Promise<void> {
  const put = async (value: unknown): Promise<void> => {
    if (!output.write(`${JSON.stringify(value)}\n`)) await once(output, 'drain')
  }
  const tree = await walkTree(request).catch((error: unknown) => {
    // Nothing there yet: a preview of a restore shows that everything is new.
    if (error instanceof Error && errno(error.cause) === 'ENOENT') return { items: [] }
    throw error
  })
  for (const item of tree.items) {
    const { path, type, size, mode, target } = item
    const sha256 = type === 'file' ? await checksum(item) : null
    await put({ path, type, size, mode, sha256, target } satisfies TreeItem)
  }
  await put({ end: true })
}

/** '' when it cannot be read: then it is not the same as anything. */
async function checksum({ file }: WalkedItem): Promise<string> {
  const opened = await openSettled(file, true).catch((error: unknown) => {
    if (errno(error) === undefined) throw error
    return null
  })
  if (opened === null) return ''
  try {
    const hash = createHash('sha256')
    for await (const chunk of opened.chunks) hash.update(chunk)
    return hash.digest('hex')
  } finally {
    await opened.close()
  }
}
