import { terminalState } from '../state/terminal.ts'
import { api } from './client.ts'
import { loadInto } from './load.ts'

/** Reads who is in the terminal. A failure becomes part of the state. */
export async function loadTerminalState(): Promise<void> {
  await loadInto(terminalState, () => api('GET /api/terminal/state'))
}
