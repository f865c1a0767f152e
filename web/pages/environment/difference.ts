/** What saving would change, as lines with a sign; secrets masked. */

import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import { isSecretVariable } from '../../../contract/rules.ts'
import type { DifferenceLine } from '../../../contract/versions.ts'
import { lineDifference } from '../../../server/domain/line-difference.ts'
import type { EnvDraft } from './env-draft.ts'

/** A value that is not shown. */
export function maskedText(length: number): string {
  return `•••••••• (${length} ${length === 1 ? 'character' : 'characters'})`
}

/** A line of `.env` without its secret; a commented-out assignment is looked at too. */
export function maskLine(line: string): string {
  const found = /^(\s*#?\s*(?:export\s+)?([^\s=#]+)\s*=)(.*)$/s.exec(line)
  if (!found) return line
  const [, head = '', key = '', value = ''] = found
  return value !== '' && isSecretVariable(key, value) ? `${head}${maskedText(value.length)}` : line
}

/** The difference that a draft of the table makes. */
export function draftDifference(draft: EnvDraft, document: EnvDocument): DifferenceLine[] {
  const lines: DifferenceLine[] = []
  for (const entry of document.entries) {
    const value = draft.values.get(entry.line)
    if (value === undefined && !draft.removed.has(entry.line)) continue
    lines.push({ sign: '-', text: entryText(entry) })
    if (value !== undefined) lines.push({ sign: '+', text: maskLine(`${entry.key ?? ''}=${value}`) })
  }
  for (const { key, value } of draft.added) {
    if (key !== '' || value !== '') lines.push({ sign: '+', text: maskLine(`${key}=${value}`) })
  }
  return lines
}

/** The difference between two texts, with a little of what stays around it. */
export function textDifference(before: string, after: string): DifferenceLine[] {
  return lineDifference(before, after).map(({ sign, text }) => ({ sign, text: maskLine(text) }))
}

function entryText(entry: EnvEntry): string {
  if (entry.kind !== 'assignment') return entry.text ?? maskedText(entry.length)
  const value = entry.masked ? maskedText(entry.length) : (entry.value ?? '')
  return `${entry.key ?? ''}=${value}`
}
