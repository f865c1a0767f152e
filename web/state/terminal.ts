import type { TerminalState } from '../../contract/terminal.ts'
import { createRemote } from './remote.ts'

/** Who is in the one terminal there is. */
export const terminalState = createRemote<TerminalState>()
