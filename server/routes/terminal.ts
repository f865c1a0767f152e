import type { Handlers } from '../http/bind-routes.ts'
import type { PanelDeps } from './deps.ts'

export function terminalRoutes({ terminal }: PanelDeps): Pick<Handlers, 'GET /api/terminal/state'> {
  return { 'GET /api/terminal/state': () => terminal.state() }
}
