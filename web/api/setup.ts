import type { SetupPlan } from '../../contract/schemas.ts'
import type { SetupRequest } from '../../contract/settings.ts'
import { api } from './client.ts'

/** What the machine looks like, and what setup would do unless told otherwise. */
export async function loadSetupPlan(): Promise<SetupPlan> {
  return api('GET /api/setup')
}

/** Starts the setup. @throws {ApiProblem} REQUEST_INVALID with fields, OPERATION_RUNNING */
export async function startSetup(request: SetupRequest): Promise<void> {
  await api('POST /api/setup', { body: request })
}
