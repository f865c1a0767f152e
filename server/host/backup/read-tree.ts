import { HostError } from '../../errors.ts'
import type { GatewayTree } from '../backups.ts'
import type { UserAccount, Watch } from '../host.ts'
import { createFrameReader } from '../user-agent/frames.ts'
import { ListLine, type TreeItem, type TreeRoom, TreeRoomCheck } from './agent-messages.ts'
import { type BackupProgram, readAgent, runAgent } from './backup-process.ts'
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

/** Asked of the agent: root does not look below a user's home, and the directories may be mounts of their own. */
export async function readTreeRoom(
  options: BackupProgram,
  user: UserAccount,
  directories: GatewayTree,
): Promise<TreeRoom> {
  const stdin = Buffer.from(JSON.stringify(treeRequest(directories, true)))
  const said: unknown = JSON.parse(
    await runAgent(options, { ...(await agentOf(user)), args: ['room'], stdin }),
  )
  if (TreeRoomCheck.Check(said)) return said
  throw new HostError('COMMAND_FAILED', {
    detail: `the file helper of ${user.name} told of the free space in another shape`,
  })
}
