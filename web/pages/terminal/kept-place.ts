/** Which terminal this tab is in, through a reload. It ends with the tab, and with the program. */
import type { TerminalCommand } from '../../../contract/terminal.ts'
import { COMMANDS } from './command-words.ts'

export interface KeptPlace {
  readonly command: TerminalCommand
  readonly resume: string
}

const KEY = 'razroom-panel.terminal'

export function keepPlace(place: KeptPlace): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place))
  } catch {
    // Storage may be denied to the page: then a reload does not find back.
  }
}

/** The terminal of this tab, or null when it was in none. */
export function readPlace(): KeptPlace | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    return isPlace(kept) ? kept : null
  } catch {
    // Denied, or not ours.
    return null
  }
}

export function forgetPlace(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // Denied: there is nothing to forget.
  }
}

function isPlace(value: unknown): value is KeptPlace {
  if (typeof value !== 'object' || value === null || !('command' in value) || !('resume' in value))
    return false
  return COMMANDS.some(({ command }) => command === value.command) && typeof value.resume === 'string'
}
