import type { Handlers } from '../http/bind-routes.ts'
import { markWizard } from '../operations/wizard-mark.ts'
import type { PanelDeps } from './deps.ts'

export function wizardRoutes({ host }: PanelDeps): Pick<Handlers, 'POST /api/wizard-mark'> {
  return {
    'POST /api/wizard-mark': async ({ body }) => {
      await markWizard(host, body)
      return null
    },
  }
}
