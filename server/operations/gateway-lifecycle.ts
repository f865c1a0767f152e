/** Puts the starts and ends of the gateway down in the audit log: also those that nobody asked the panel for. */

import {
  type KnownStart,
  knownFrom,
  knownFromNotes,
  lifecycleNotes,
  type SeenContainer,
  type UnitEnd,
} from '../domain/gateway-lifecycle.ts'
import { PanelError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type Auditor, PANEL } from './auditor.ts'

/** Enough to find the last start behind the ends that came after it. */
const NOTES_READ = 5

export interface Lifecycle {
  /**
   * A look at the machine; what changed since the last one is noted, in order.
   * @param gone how a container failed that is gone, where its unit knows that
   */
  saw(container: SeenContainer | null, gone?: UnitEnd | null): void
}

/** @param audit keeps the notes; `host` is asked once what an earlier panel has noted */
export function createLifecycle(host: Pick<Host, 'readAudit'>, audit: Pick<Auditor, 'note'>): Lifecycle {
  let known: Promise<KnownStart | null> | null = null
  return {
    saw(container, gone) {
      known = (known ?? readKnown(host)).then(async (before) => {
        for (const note of lifecycleNotes(before, container, gone))
          await audit.note({ kind: 'gateway', who: PANEL, ...note })
        return knownFrom(before, container)
      })
    },
  }
}

async function readKnown(host: Pick<Host, 'readAudit'>): Promise<KnownStart | null> {
  try {
    return knownFromNotes((await host.readAudit({ kind: 'gateway', limit: NOTES_READ })).entries)
  } catch (error) {
    // That the log cannot be read is shown where it is read; here the start that runs is told once more.
    console.error('audit log:', error instanceof PanelError ? error.message : error)
    return null
  }
}
