/** What a backup holds against what is there. */
import type { RestorePreview } from '../../contract/backups.ts'
import { parseEnvFile, readEnv } from '../domain/env-file.ts'
import { readConfig } from '../domain/razroom-config.ts'
import { effectiveToken } from '../domain/token.ts'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'

type VerifiedBackup = Awaited<ReturnType<Host['verifyBackup']>>
type TreeItem = Awaited<ReturnType<Host['listGatewayTree']>>[number]
type GatewayTree = Parameters<Host['listGatewayTree']>[1]
type Change = RestorePreview['files'][number]

/** The two directories of a gateway, without its other paths: what crosses to the root half is what the verb asks for. */
export function treeOf({ configDir, workspaceDir }: GatewayTree): GatewayTree {
  return { configDir, workspaceDir }
}

export interface Comparison {
  readonly files: readonly Change[]
  readonly counts: RestorePreview['counts']
  /** Files here that the backup does not have. */
  readonly kept: number
  /** Bytes that a restore writes, by the directory. */
  readonly bytes: { readonly config: number; readonly workspace: number }
}

/** What a file system needs beside the files themselves, in bytes; of a small one a twentieth. */
const RESERVE_BYTES = 67_108_864
const RESERVE_SHARE = 0.05

const ORDER = { changed: 0, new: 1, same: 2 } as const

/** @param includeWorkspace false: what lies in the workspace is neither restored nor counted */
export function compareBackup(
  { manifest }: VerifiedBackup,
  present: readonly TreeItem[],
  includeWorkspace: boolean,
): Comparison {
  const isMeant = ({ path }: { path: string }) =>
    path === 'config' || path.startsWith('config/') || (includeWorkspace && manifest.includesWorkspace)
  const here = new Map(present.filter(isMeant).map((item) => [item.path, item]))
  const counts = { new: 0, changed: 0, same: 0 }
  const files: Change[] = []
  const bytes = { config: 0, workspace: 0 }
  let found = 0
  for (const entry of manifest.entries.filter(isMeant)) {
    const item = here.get(entry.path)
    if (entry.type === 'directory') continue
    if (item !== undefined && item.type !== 'directory') found += 1
    const change = item === undefined ? 'new' : isSame(entry, item) ? 'same' : 'changed'
    const sizeBytes = entry.type === 'file' ? entry.size : 0
    counts[change] += 1
    if (change !== 'same') bytes[entry.path.startsWith('config/') ? 'config' : 'workspace'] += sizeBytes
    files.push({ path: entry.path, change, sizeBytes })
  }
  const plain = [...here.values()].filter(({ type }) => type !== 'directory').length
  files.sort((a, b) => ORDER[a.change] - ORDER[b.change] || (a.path < b.path ? -1 : 1))
  return { files, counts, kept: plain - found, bytes }
}

type Room = Awaited<ReturnType<Host['readTreeRoom']>>

/**
 * Why the files do not fit, or null when they do. A file system to which nothing is written may be as full as it likes.
 * @param bytes what is written below each directory
 */
export function lacksRoom(
  bytes: Comparison['bytes'],
  room: Room,
  { configDir, workspaceDir }: { readonly configDir: string; readonly workspaceDir: string },
): string | null {
  const places = [
    { directory: configDir, bytes: bytes.config, room: room.config },
    { directory: workspaceDir, bytes: bytes.workspace, room: room.workspace },
  ].filter((place) => place.bytes > 0)
  for (const { room } of places) {
    const shared = places.filter((place) => place.room.device === room.device)
    const needed = shared.reduce((sum, place) => sum + place.bytes, 0)
    const reserve = Math.min(RESERVE_BYTES, Math.ceil(room.totalBytes * RESERVE_SHARE))
    if (needed + reserve <= room.freeBytes) continue
    const where = shared.map(({ directory }) => directory).join(' and ')
    return `the restore writes ${needed} bytes below ${where}, where ${room.freeBytes} are free and ${reserve} are to stay so`
  }
  return null
}

function isSame(entry: VerifiedBackup['manifest']['entries'][number], item: TreeItem): boolean {
  if (entry.type !== item.type) return false
  if (entry.type === 'link') return entry.target === item.target
  if (entry.type === 'directory') return true
  return entry.size === item.size && entry.mode === item.mode && entry.sha256 === item.sha256
}

/** The token that the gateway checks with the files of the backup; null when there is none, or none that can be read. */
export function tokenOfBackup({ envFile, configFile }: VerifiedBackup): string | null {
  const env = readEnv(parseEnvFile(envFile ?? new Uint8Array()))
  try {
    return effectiveToken(env, configFile === null ? null : readConfig(configFile))?.token ?? null
  } catch (error) {
    // A razroom.json that was broken when it was saved is restored as broken as it was.
    if (error instanceof PanelError && error.code === 'CONFIG_INVALID') return null
    throw error
  }
}
