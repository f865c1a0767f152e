/** Puts down to the onboarding wizard what changes while it runs on somebody's terminal. */
import type { WizardMark } from '../../contract/versions.ts'
import type { Host } from '../host/host.ts'
import { beginAuthor, endAuthor } from './file-versions.ts'
import { requireUser } from './gateway-files.ts'

/** A client that runs the wizard says so again before that time is over; one that died does not. */
const LASTS_MS = 90_000
const WIZARD = { by: 'wizard' } as const

/** What the client of the wizard says. SETUP_REQUIRED when there is no user whose files they could be. */
export async function markWizard(host: Host, { state }: WizardMark): Promise<void> {
  const { user } = await requireUser(host)
  if (state === 'running') await beginAuthor(host, user, WIZARD, LASTS_MS)
  else await endAuthor(host, user, WIZARD)
}
