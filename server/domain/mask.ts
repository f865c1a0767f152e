/** What is shown of the lines of `.env` where their secrets may not be. Imports nothing of Node. */
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
