import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { TestHost } from '../host/host.ts'

const TOP = join(import.meta.dirname, '../..')

/**
 * Copies this checkout into a host as a person would have it: what git tracks or would track, and nothing that was
 * installed or built here. `safe.directory`: the checkout may be another user's than root's.
 * @param owner a user of the host
 */
export async function copyCheckout(host: TestHost, path: string, owner: string): Promise<void> {
  const stage = await mkdtemp(join(tmpdir(), 'razroom-panel-checkout-'))
  try {
    const git = ['-c', 'safe.directory=*', '-C', TOP, 'ls-files', '--deduplicate', '-z']
    const { stdout: names } = await execa('git', [...git, '--cached', '--others', '--exclude-standard'])
    const { stdout: deleted } = await execa('git', [...git, '--deleted'])
    const gone = new Set(deleted.split('\0'))
    const files = names.split('\0').filter((name) => name !== '' && !gone.has(name))
    await execa('cp', ['--archive', '--parents', '--target-directory', stage, '--', ...files], { cwd: TOP })
    await host.copyIn(stage, path, owner)
    // mkdtemp makes it 0700.
    await host.run(['chmod', '0755', path])
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
