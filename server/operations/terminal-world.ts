/** What the terminal does to the machine: the command starts as the gateway's user, and what it writes is the wizard's. */
import { endProgramsArgs, terminalContainer, terminalPlan } from '../domain/terminal-commands.ts'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { beginAuthor, endAuthor } from './file-versions.ts'
import { readWanted } from './gateway-container.ts'
import { requireUser } from './gateway-files.ts'
import type { TerminalWorld } from './terminal-desk.ts'

const WIZARD = { by: 'wizard' } as const

/**
 * @param host.openTerminal is asked once at a time
 * @param onSettled looks at the machine anew
 */
export function createTerminalWorld(
  host: Host,
  onSettled: () => Promise<unknown>,
): TerminalWorld & { sweep(): Promise<void> } {
  let swept: Promise<void> = Promise.resolve()
  return {
    async open({ command, cols, rows }, onOutput) {
      await swept
      const { user, settings } = await requireUser(host)
      const container = await host.inspectContainer(user, settings.containerName)
      const { spec } = await readWanted(host)
      const { args, cleanUpArgs, place } = terminalPlan(spec, command, container?.running === true)
      if (place === 'own') await host.openContainerDevices()
      await beginAuthor(host, user, WIZARD, Number.POSITIVE_INFINITY)
      try {
        const request = { args, cleanUpArgs, cols, rows }
        return { place, terminal: await host.openTerminal(user, request, onOutput) }
      } catch (error) {
        await endAuthor(host, user, WIZARD)
        throw error
      }
    },
    async settle() {
      const { user } = await requireUser(host)
      await endAuthor(host, user, WIZARD)
      await onSettled()
    },
    sweep() {
      swept = sweepTerminal(host).catch((error: unknown) => {
        // What is left is ended by the next start, or by the end of the gateway; the panel works without.
        console.error('terminal:', error instanceof PanelError ? error.message : error)
      })
      return swept
    },
  }
}

/** Ends what a terminal has left whose panel and agent were both killed. */
export async function sweepTerminal(host: Host): Promise<void> {
  const { settings } = await host.readState()
  const user = settings ? await host.findUser(settings.user) : null
  if (!settings || !user) return
  const name = terminalContainer({ name: settings.containerName })
  if (await host.inspectContainer(user, name)) await host.removeContainer(user, name)
  const gateway = await host.inspectContainer(user, settings.containerName)
  if (gateway?.running) await host.cleanUpTerminal(user, endProgramsArgs(settings.containerName))
}
