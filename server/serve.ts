import { once } from 'node:events'
import type { PanelConfig } from './config.ts'
import { ConflictError, SetupError } from './errors.ts'
import { createPanel } from './panel.ts'

/**
 * The daemon: the page on 127.0.0.1 and the control socket, until SIGTERM or SIGINT. The gateway goes on without it.
 * @returns the exit code
 */
export async function serve(config: PanelConfig): Promise<number> {
  if (process.getuid?.() !== 0) throw new SetupError('NOT_ROOT')
  const stopped = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort())
  const panel = await createPanel(config)
  try {
    const [page, control] = [await panel.buildPage(), await panel.buildControl()]
    try {
      await page.listen({ host: '127.0.0.1', port: config.port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      const holder = await panel.deps.host.findPortHolder(config.port, '127.0.0.1')
      const who = holder?.program === undefined ? '' : ` by ${holder.program} (pid ${holder.pid})`
      throw new ConflictError('PORT_IN_USE', {
        detail: `127.0.0.1:${config.port} is held${who}`,
        cause: error,
      })
    }
    await panel.deps.host.claimControlSocket()
    await control.listen({ path: config.controlSocket })
    panel.follow()
    console.log(`razroom-panel ${config.version} listens on http://127.0.0.1:${config.port}`)
    if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
    await Promise.all([page.close(), control.close()])
    return 0
  } finally {
    await panel.close()
  }
}
