import { logins } from '../state/settings.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads who is logged in. A failure becomes part of the state. */
export async function loadLogins(): Promise<void> {
  await loadInto(logins, () => api('GET /api/sessions'))
}
