/** What a finding promises its mend will do. Imports nothing of Node. */
import type { Finding } from '../../contract/schemas.ts'
import type { EnvContext } from './env-context.ts'
import { type EnvLine, lineText, parseEnvFile } from './env-file.ts'
import { mendLine } from './env-mends.ts'
import { bareKey, isMaskedLine, isNamelessLine } from './env-view.ts'

/** The same for every value, so that not even its length is told. */
const MASK = '••••••••'
const MAX_PREVIEW_LENGTH = 300
const encoder = new TextEncoder()

/** The `fix` of a finding about this line; undefined when the panel can't mend it. */
export function findFix(line: EnvLine, findingId: string, context: EnvContext): Finding['fix'] {
  const mended = mendLine(line, findingId, context)
  if (mended === undefined) return undefined
  return { label: mended.label, preview: preview(line, mended.lines, context) }
}

/** The lines as they would be. What is masked now stays so, whatever it becomes: a comment has no name that says "secret". */
function preview(before: EnvLine, texts: readonly string[], context: EnvContext): string {
  if (texts.length === 0) return ''
  const after = parseEnvFile(encoder.encode(texts.join('\n'))).lines
  if (isNamelessLine(before, context)) return after.map(() => MASK).join('\n')
  const isMasked = isMaskedLine(before) || after.some(isMaskedLine)
  const shown = after.map((line) => (isMasked ? maskLine(line) : lineText(line))).join('\n')
  return shown.length > MAX_PREVIEW_LENGTH ? `${shown.slice(0, MAX_PREVIEW_LENGTH)}…` : shown
}

function maskLine(line: EnvLine): string {
  const text = lineText(line)
  if (line.kind === 'blank') return ''
  if (line.key !== undefined) return line.value === '' ? text : `${line.key}=${MASK}`
  if (line.kind === 'other') return MASK
  const [assignment] = parseEnvFile(encoder.encode(text.replace(/^[ \t#]+/, ''))).lines
  const name = bareKey(assignment?.key ?? '')
  return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) ? `# ${name}=${MASK}` : `# ${MASK}`
}
