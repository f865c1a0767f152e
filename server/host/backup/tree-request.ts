import { relative } from 'node:path'
import type { GatewayTree } from '../backups.ts'
import type { UserAccount } from '../host.ts'
import { userEnvironment } from '../run-as-user.ts'
import type { TreeRequest } from './agent-messages.ts'

/** Where the workspace lies below the config directory, or null. */
export function workspaceInConfig({ configDir, workspaceDir }: GatewayTree): string | null {
  const below = relative(configDir, workspaceDir)
  return below === '' || below.startsWith('..') || below.startsWith('/') ? null : below
}

/** What the agent is told to save or to list. */
export function treeRequest(directories: GatewayTree, includesWorkspace: boolean): TreeRequest {
  return { ...directories, includesWorkspace, workspaceInConfig: workspaceInConfig(directories) }
}

/** The agent runs as this user. */
export async function agentOf(user: UserAccount) {
  return { owner: { uid: user.uid, gid: user.gid }, env: await userEnvironment(user) } as const
}
