/** What the last lines of a command mean, where it did not end well. */
import type { TerminalCommand } from '../../../contract/terminal.ts'

interface Rule {
  readonly pattern: RegExp
  readonly only?: TerminalCommand
  readonly meaning: string
}

/** Texts of docs/facts/razroom-gateway.md. */
const RULES: readonly Rule[] = [
  { pattern: /unknown command/i, meaning: 'The gateway of this image does not know this command.' },
  {
    pattern: /Setup cancelled|cancelled by user/i,
    meaning: 'It was declined or cancelled: nothing was written.',
  },
  {
    pattern: /Config invalid|JSON5 parse failed/,
    meaning:
      'razroom.json is not valid: correct it under Configuration, or go back to a version from before.',
  },
  {
    pattern: /template/i,
    only: 'onboard',
    meaning:
      'It failed at its end, after it had written its files: a template is missing in this image. What you answered is kept.',
  },
  {
    pattern: /EACCES|permission denied/i,
    meaning:
      'A file could not be read or written: does all of the config directory belong to the gateway’s user?',
  },
  { pattern: /ECONNREFUSED|gateway closed/i, meaning: 'It did not reach the gateway: is it running?' },
]

/** The meaning of the last lines, or null when they are not known. */
export function explainEnd(command: TerminalCommand, lines: readonly string[]): string | null {
  const rule = RULES.find(
    ({ pattern, only }) =>
      (only === undefined || only === command) && lines.some((line) => pattern.test(line)),
  )
  return rule?.meaning ?? null
}
