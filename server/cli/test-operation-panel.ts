/** A panel that starts whatever operation it is asked for; the test says what becomes of it. */
import { afterEach } from 'vitest'
import {
  startTestPanel,
  TEST_STATUS,
  type TestHandlers,
  type TestPanel,
  type TestSockets,
} from './test-panel.ts'

/** What a request that starts an operation is answered. */
export const started = () => ({ operationId: 'op-1' })

/** @returns starts such a panel; each is closed after its test */
export function useOperationPanels(): (sockets: TestSockets, handlers?: TestHandlers) => Promise<TestPanel> {
  const panels: TestPanel[] = []
  afterEach(async () => {
    for (const panel of panels.splice(0)) await panel.close()
  })
  return async (sockets, handlers = {}) => {
    const panel = await startTestPanel(
      {
        'GET /api/status': () => TEST_STATUS,
        'POST /api/setup': started,
        'POST /api/gateway/start': started,
        'POST /api/gateway/stop': started,
        'POST /api/gateway/restart': started,
        'DELETE /api/gateway/container': started,
        'POST /api/token/rotate': started,
        ...handlers,
      },
      sockets,
    )
    panels.push(panel)
    return panel
  }
}
