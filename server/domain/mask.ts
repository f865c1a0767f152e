/** What is shown of the lines of `.env` where their secrets may not be. Imports nothing of Node. */
import { InputError } from '../errors.ts'
import { type EnvFile, lineText } from './env-file.ts'
import { envEntries } from './env-view.ts'

/** What stands where a secret was: always the same, so that not even its length is told. */
export const MASK = '••••••••'

/** The lines as they stand in the file, each without its secret: of an assignment the name stays, where it is one. */
export function maskedEnvLines(file: EnvFile): string[] {
  const entries = envEntries(file)
  return file.lines.map((line, index) => {
    const text = lineText(line)
    const entry = entries[index]
    if (!entry?.masked) return text
    if (entry.key !== undefined) return `${text.slice(0, text.indexOf('=') + 1)}${MASK}`
    return entry.kind === 'comment' ? `# ${MASK}` : MASK
  })
}

/**
 * A text that was copied where secrets are masked would put the masks in their place.
 * @throws {InputError} REQUEST_INVALID with a field for the first line that has one
 */
export function refuseMasks(text: string): void {
  const line = text.split('\n').findIndex((one) => one.includes(MASK)) + 1
  if (line === 0) return
  const message = 'a mask stands in place of a secret: show the secrets, then edit'
  throw new InputError('REQUEST_INVALID', {
    detail: `line ${line}: ${message}`,
    fields: [{ path: `lines.${line}`, message }],
  })
}
