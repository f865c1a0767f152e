/** For tests: a user agent that `nobody` can run, wherever the checkout lies and whoever may read it. */
import { execFileSync } from 'node:child_process'
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UserAccount } from './host.ts'
import { readProcesses } from './process-table.ts'
import type { AgentProgram } from './user-agent-process.ts'

const NOBODY = 65534

export interface TestAgent {
  readonly user: UserAccount
  readonly program: AgentProgram
  /** A directory of the user's own. */
  readonly home: string
  /** pids of the agents of this place that run now. */
  pids(): Promise<number[]>
  remove(): Promise<void>
}

/** Copies the agent's sources (and Node, where nobody may not run this one) to a directory that all may read. */
export async function createTestAgent(): Promise<TestAgent> {
  const root = await mkdtemp(join(tmpdir(), 'razroom-agent-'))
  await chmod(root, 0o755)
  const top = join(import.meta.dirname, '../..')
  for (const part of [
    'contract',
    'server/errors.ts',
    'server/domain/log-line.ts',
    'server/host/user-agent',
  ]) {
    await cp(join(top, part), join(root, part), { recursive: true })
  }
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  execFileSync('chmod', ['-R', 'a+rX', root])
  const home = join(root, 'home')
  await mkdir(home, { mode: 0o700 })
  await chown(home, NOBODY, NOBODY)
  const agentFile = join(root, 'server/host/user-agent/main.ts')
  const program = canNobodyRun(process.execPath)
    ? { agentFile }
    : { agentFile, nodeFile: await copyNode(root) }
  return {
    user: { name: 'nobody', uid: NOBODY, gid: NOBODY, home, shell: '/bin/false' },
    program,
    home,
    async pids() {
      const found: number[] = []
      for (const { pid, isZombie } of readProcesses()) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (line.includes(agentFile) && !isZombie) found.push(pid)
      }
      return found
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

function canNobodyRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    // Below a directory that only its owner may enter: the copy is used.
    return false
  }
}

async function copyNode(root: string): Promise<string> {
  const copy = join(root, 'node')
  await copyFile(process.execPath, copy)
  await chmod(copy, 0o755)
  return copy
}
