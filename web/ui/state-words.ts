import type { GatewayStatus } from '../../contract/schemas.ts'

/** A word or two for the gateway's state, the same everywhere. */
export function stateWords({ state, healthy }: Pick<GatewayStatus, 'state' | 'healthy'>): string {
  switch (state) {
    case 'absent':
      return 'Not created'
    case 'stopped':
      return 'Stopped'
    case 'starting':
      return 'Starting'
    case 'running':
      return healthy ? 'Running' : 'Not answering'
    case 'failed':
      return 'Failed'
  }
}
