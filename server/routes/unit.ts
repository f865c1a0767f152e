import type { Handlers } from '../http/bind-routes.ts'
import { readUnitView } from '../operations/gateway-unit.ts'
import { replaceUnit, switchMode } from '../operations/switch-mode.ts'
import type { PanelDeps } from './deps.ts'

type UnitKeys = 'GET /api/unit' | 'POST /api/unit/replace' | 'POST /api/mode'

export function unitRoutes({ host, runner }: PanelDeps): Pick<Handlers, UnitKeys> {
  return {
    'GET /api/unit': () => readUnitView(host),
    'POST /api/unit/replace': async ({ request }) => {
      const { id } = await runner.start(replaceUnit(host), request.startedBy)
      return { operationId: id }
    },
    'POST /api/mode': async ({ body, request }) => {
      const { id } = await runner.start(switchMode(host, body), request.startedBy)
      return { operationId: id }
    },
  }
}
