import { randomBytes } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { HostError } from '../../errors.ts'
import type { RestoreOrder } from '../backups.ts'
import type { UserAccount, Watch } from '../host.ts'
import {
  END_NAME,
  PAX_SHA256,
  PLAN_NAME,
  type RestorePlan,
  type RestoreReport,
  RestoreReportCheck,
} from './agent-messages.ts'
import { type BackupProgram, runAgent } from './backup-process.ts'
import { invalid } from './entry-rules.ts'
import { scanArchive } from './scan-archive.ts'
import { createTarWriter } from './tar-writer.ts'
import { agentOf } from './tree-request.ts'

/** The agent writes a file only when its checksum is the manifest's; what is sent is checked here once more. */
export async function sendBack(
  options: BackupProgram,
  user: UserAccount,
  file: Readable,
  { directories, includesWorkspace, manifest }: RestoreOrder,
  watch: Watch | undefined,
): Promise<RestoreReport> {
  const pipe = new PassThrough({ highWaterMark: 1_048_576 })
  const archive = createTarWriter(pipe)
  const plan: RestorePlan = {
    ...directories,
    includesWorkspace,
    workspaceInConfig: manifest.workspaceInConfig,
    stamp: `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`,
  }
  const known = new Map(manifest.entries.map((entry) => [entry.path, entry]))
  const send = async (): Promise<void> => {
    await archive.bytes({ name: PLAN_NAME }, Buffer.from(JSON.stringify(plan)))
    await scanArchive(file, {
      signal: watch?.signal,
      async onEntry({ entry, body }) {
        if (!includesWorkspace && /^workspace(\/|$)/.test(entry.path)) return
        const listed = known.get(entry.path)
        if (listed?.type !== entry.type)
          throw invalid(`${JSON.stringify(entry.path)} is new since it was verified`)
        const shared = { name: entry.path, mode: entry.mode, mtime: new Date(listed.mtime * 1000) }
        if (listed.type === 'file') {
          const pax = { [PAX_SHA256]: listed.sha256 }
          await archive.file({ ...shared, size: entry.size, pax }, body)
        } else if (entry.type === 'link')
          await archive.empty({ ...shared, type: 'symlink', linkname: entry.target })
        else await archive.empty({ ...shared, type: 'directory' })
      },
    })
    await archive.bytes({ name: END_NAME }, Buffer.from('{}'))
    await archive.end()
  }
  const sending = send().catch((error: unknown) => {
    archive.fail(error)
    throw error
  })
  sending.catch(() => undefined)
  const said = await runAgent(options, { ...(await agentOf(user)), args: ['restore'], stdin: pipe, watch })
  await sending
  const report: unknown = JSON.parse(said)
  if (RestoreReportCheck.Check(report)) return report
  throw new HostError('COMMAND_FAILED', { detail: `the file helper of ${user.name} sent no report` })
}
