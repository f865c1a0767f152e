import type { PanelConfig } from './config.ts'
import { InputError, SetupError } from './errors.ts'
import type { FrontProgram } from './host/front-process.ts'
import type { HandedSockets } from './host/handed-sockets.ts'

export interface ServeOptions {
  /** `root`: only the half that touches the machine, as its unit runs it. */
  readonly half?: string | undefined
  /** To start the front by. */
  readonly program: FrontProgram
  readonly sockets: HandedSockets | null
}

/**
 * The daemon, until SIGTERM or SIGINT; the gateway goes on without it. Under systemd the two halves are two units; started
 * by hand or without systemd the root half makes the sockets and starts the front itself (docs/adr/0009-two-halves.md).
 * Each half loads its own modules alone.
 * @returns the exit code
 */
export async function serve(config: PanelConfig, options: ServeOptions): Promise<number> {
  const { half, program, sockets } = options
  if (half !== undefined && half !== 'root')
    throw new InputError('USAGE', { detail: '--half knows one word: root' })
  const isRoot = process.getuid?.() === 0
  if (isRoot && half === 'root') {
    if (sockets === null)
      throw new InputError('USAGE', { detail: '--half root is for razroom-panel-host.service' })
    return (await import('./serve-root.ts')).serveRoot(config, sockets)
  }
  if (isRoot) return (await import('./serve-both.ts')).serveBoth(config, program)
  if (sockets === null) throw new SetupError('NOT_ROOT', { detail: 'run: sudo razroom-panel serve' })
  return (await import('./serve-front.ts')).serveFront(config, sockets)
}
