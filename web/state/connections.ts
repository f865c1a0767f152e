import type { Connections } from '../../contract/connections.ts'
import { createRemote } from './remote.ts'

/** Providers, model and channels as last read, without any secret. */
export const connections = createRemote<Connections>()
