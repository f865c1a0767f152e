import type { Status } from '../../contract/schemas.ts'
import { PanelError } from '../errors.ts'
import type { Monitor } from '../monitor.ts'

/**
 * Brings the status up to date after something was saved: it is saved, whatever the look at the machine may find.
 * @returns null when it could not look; the log says why, and so does the status where it is asked for
 */
export async function lookAfterSave(monitor: Pick<Monitor, 'refresh'>): Promise<Status | null> {
  try {
    return await monitor.refresh()
  } catch (error) {
    if (!(error instanceof PanelError)) throw error
    console.error('status:', error.message)
    return null
  }
}
