import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestHost } from './host.ts'

/** Where an installed panel lies, see docs/install.md. */
export const RELEASE_DIR = '/usr/local/lib/razroom-panel/current'
/** The panel's own runtime: the same file as the bundled gateway's, as the installer links it. */
export const RELEASE_NODE = `${RELEASE_DIR}/node`

const CHECKOUT = join(import.meta.dirname, '../..')
const TREE = 'gateway/rootfs/tree'
/** What a release is made of; each path keeps its place below the top. */
const PARTS = [
  'bin',
  'scripts/install',
  'package.json',
  'Dockerfile',
  '.dockerignore',
  'dist/server',
  'dist/web',
  'dist/gateway',
  TREE,
]

/**
 * Copies the built panel of this checkout into a host, as an installer would leave it: owned by root and readable by
 * everybody, for the gateway's user runs a part of it.
 * @throws when the checkout has not been built
 */
export async function copyRelease(host: TestHost): Promise<void> {
  await assertBuilt()
  for (const part of PARTS) await host.copyIn(join(CHECKOUT, part), join(RELEASE_DIR, part), 'root')
  await host.run(['ln', '--force', `${RELEASE_DIR}/${TREE}/usr/local/bin/node`, RELEASE_NODE])
  await host.run(['chmod', '--recursive', 'u=rwX,go=rX', '/usr/local/lib/razroom-panel'])
  await host.run(['ln', '--symbolic', '--force', `${RELEASE_DIR}/bin/razroom-panel`, '/usr/local/bin'])
}

async function assertBuilt(): Promise<void> {
  for (const part of PARTS) {
    try {
      await access(join(CHECKOUT, part))
    } catch (cause) {
      const mend = 'run in the checkout: npm ci && npm run gateway:rootfs && npm run build'
      throw new Error(`tests on real hosts need the built panel, and ${part} is not there; ${mend}`, {
        cause,
      })
    }
  }
}
