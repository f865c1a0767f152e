/**
 * The cache of compiled plugins that outlives the container (docs/facts/razroom-gateway.md: a recreate takes 51 s with
 * it, 98 s without). Another image brings other plugins, and perhaps another compiler: what the one before compiled is
 * of no use to it, stays for ever, and is trusted by it. So the cache goes when the image does.
 */
import { PanelError } from '../errors.ts'
import type { ContainerFacts, Host } from '../host/host.ts'
import type { Wanted } from './gateway-container.ts'

const MAX_MARK_BYTES = 1_024

/** Names the image that filled the cache. It lies in it, and is the first to go. */
export function cacheMark(pluginCacheDir: string): string {
  return `${pluginCacheDir}/.filled-by`
}

/**
 * Empties the cache when another image filled it; before a container of this one is started.
 * @param container the one that ran last: it tells who filled a cache of a panel that left no mark
 * @returns what was done, or null
 */
export async function freshenPluginCache(
  host: Host,
  { user, paths, image }: Pick<Wanted, 'user' | 'paths' | 'image'>,
  container: Pick<ContainerFacts, 'imageId'> | null,
): Promise<string | null> {
  const path = cacheMark(paths.pluginCacheDir)
  try {
    const mark = await host.readUserFile(user, path, MAX_MARK_BYTES)
    const filledBy = mark ? new TextDecoder().decode(mark.bytes).trim() : container?.imageId
    if (mark && filledBy === image.id) return null
    const isOther = filledBy !== image.id && (await host.emptyUserDirectory(user, paths.pluginCacheDir))
    await host.writeUserFile(user, { path, bytes: new TextEncoder().encode(`${image.id}\n`), mode: 0o600 })
    return isOther ? 'emptied the plugin cache, which another image had filled' : null
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    // The gateway starts all the same, and compiles what it does not find.
    return `left the plugin cache as it is (${error.message})`
  }
}
