import { HostError } from '../../errors.ts'
import type { GatewayTree } from '../backups.ts'
import type { UserAccount, Watch } from '../host.ts'
import { createFrameReader } from '../user-agent/frames.ts'
import { ListLine, type TreeItem } from './agent-messages.ts'
import { type BackupProgram, readAgent } from './backup-process.ts'
import { agentOf, treeRequest } from './tree-request.ts'

/** Two paths of 4 KiB at most, escaped. */
const MAX_LINE_BYTES = 65_536

/** What lies in the two directories now. */
export async function listTree(
  options: BackupProgram,
  user: UserAccount,
  directories: GatewayTree,
  watch: Watch | undefined,
): Promise<TreeItem[]> {
  const stdin = Buffer.from(JSON.stringify(treeRequest(directories, true)))
  const items: TreeItem[] = []
  let isWhole = false
  const refuse = (what: string): never => {
    throw new HostError('COMMAND_FAILED', { detail: `the file helper of ${user.name} sent ${what}` })
  }
  await readAgent(options, { ...(await agentOf(user)), args: ['list'], stdin, watch }, async (output) => {
    const lines = createFrameReader(
      MAX_LINE_BYTES,
      (line) => {
        const value: unknown = JSON.parse(line)
        if (!ListLine.Check(value)) refuse('a list of another shape')
        else if ('end' in value) isWhole = true
        else items.push(value)
      },
      () => refuse('a line without end'),
    )
    for await (const chunk of output) lines.push(chunk as Buffer)
    if (!isWhole) refuse('half a list')
  })
  return items
}
