import type { GatewayInsight } from '../../contract/insight.ts'
import { createRemote } from './remote.ts'

/** What the gateway said of itself, and how far the asking is. */
export const insight = createRemote<GatewayInsight>()
