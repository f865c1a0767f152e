/** For tests: backups whose agent runs in this process, on a directory of its own. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { defaultSettings } from '../../../contract/settings.ts'
import { listTree } from '../backup-agent/list-tree.ts'
import { measureRoom } from '../backup-agent/measure-room.ts'
import { restoreTree } from '../backup-agent/restore-tree.ts'
import { saveTree } from '../backup-agent/save-tree.ts'
import { type BackupOrder, type Backups, createBackups, type GatewayTree } from '../backups.ts'
import type { UserAccount } from '../host.ts'
import type { RunCommand } from '../run-command.ts'
import type { TreeRequest } from './agent-messages.ts'

export interface TestBackups {
  readonly backups: Backups
  readonly user: UserAccount
  readonly directories: GatewayTree
  /** Everything lies below. */
  readonly top: string
  order(change?: Partial<BackupOrder>): BackupOrder
  /** From now on a restore gets so many bytes, and then the end of its input. */
  cutRestoreAfter(bytes: number | null): void
  remove(): Promise<void>
}

export async function createTestBackups(): Promise<TestBackups> {
  const top = await mkdtemp(join(tmpdir(), 'razroom-backups-'))
  const home = join(top, 'home')
  await mkdir(join(home, '.razroom'), { recursive: true, mode: 0o700 })
  let cut: number | null = null
  const run: RunCommand = async (argv, { stdin, stdoutTo }) => {
    const stdout = (await work(argv[3] ?? '', stdin, stdoutTo ?? new PassThrough(), cut)) ?? ''
    stdoutTo?.end()
    return { exitCode: 0, stdout, stderrLines: [] }
  }
  const options = { run, agentFile: 'agent', stateDir: join(top, 'state'), panelVersion: '9.9.9' }
  const directories = { configDir: join(home, '.razroom'), workspaceDir: join(home, '.razroom/workspace') }
  return {
    backups: createBackups(options),
    user: { name: 'razroom', uid: 1000, gid: 1000, home, shell: '/bin/false' },
    directories,
    top,
    order: (change = {}) => ({
      directories,
      includesWorkspace: true,
      reason: 'manual',
      settings: defaultSettings(),
      path: null,
      ...change,
    }),
    cutRestoreAfter(bytes) {
      cut = bytes
    },
    remove: () => rm(top, { recursive: true, force: true }),
  }
}

async function work(
  verb: string,
  stdin: Uint8Array | Readable | undefined,
  output: Writable,
  cut: number | null,
): Promise<string | null> {
  if (verb === 'restore') {
    const input = stdin instanceof Readable ? stdin : Readable.from([])
    return JSON.stringify(await restoreTree(cut === null ? input : await cutOff(input, cut)))
  }
  const request = JSON.parse(Buffer.from(stdin as Uint8Array).toString()) as TreeRequest
  if (verb === 'room') return JSON.stringify(await measureRoom(request))
  if (verb === 'save') await saveTree(request, output)
  else await listTree(request, output)
  return null
}

async function cutOff(input: Readable, bytes: number): Promise<Readable> {
  return Readable.from([(await buffer(input)).subarray(0, bytes)], { objectMode: false })
}
