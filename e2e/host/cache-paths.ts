import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where bases, downloaded packages and running hosts live: outside of the checkout, kept between runs. */
export interface CachePaths {
  readonly bases: string
  readonly hosts: string
  /** Downloaded packages: one folder per suite. */
  readonly archives: string
  readonly npm: string
  readonly locks: string
}

/**
 * The cache's folders, made when missing. `RAZROOM_E2E_CACHE` moves it from /var/cache/razroom-panel-e2e; it must
 * be a local file system that keeps owners, modes and device nodes.
 */
export async function openCache(): Promise<CachePaths> {
  const top = process.env.RAZROOM_E2E_CACHE ?? '/var/cache/razroom-panel-e2e'
  const paths = {
    bases: join(top, 'bases'),
    hosts: join(top, 'hosts'),
    archives: join(top, 'archives'),
    npm: join(top, 'npm'),
    locks: join(top, 'locks'),
  }
  // 0700: the trees hold set-uid programs of other releases, which are nobody's business on this machine.
  for (const path of [top, ...Object.values(paths)]) await mkdir(path, { recursive: true, mode: 0o700 })
  return paths
}
