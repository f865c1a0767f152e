/** What saving would change, as lines with a sign; secrets masked. */

import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import { isSecretVariable } from '../../../contract/rules.ts'
import type { DifferenceLine } from '../../../contract/versions.ts'
import { parseEnvFile } from '../../../server/domain/env-file.ts'
import { envEntries } from '../../../server/domain/env-view.ts'
import { lineDifference } from '../../../server/domain/line-difference.ts'
import type { EnvDraft, Mend } from './env-draft.ts'
import { mendText } from './mend-typed.ts'

const encoder = new TextEncoder()

/** A value that is not shown. */
export function maskedText(length: number): string {
  return `•••••••• (${length} ${length === 1 ? 'character' : 'characters'})`
}

/** A line of `.env` without its secret, by the rule with which the panel masks it; what is commented out counts too. */
export function maskLine(line: string): string {
  const found = /^(\s*#?\s*(?:export\s+)?([^\s=#]+)\s*=)(.*)$/s.exec(line)
  const [, head = '', key = '', value = ''] = found ?? []
  if (found && value !== '' && isSecretVariable(key, value)) return `${head}${maskedText([...value].length)}`
  const [entry] = envEntries(parseEnvFile(encoder.encode(line)))
  return entry?.masked ? entryText(entry) : line
}

/** The difference that a draft of the table makes. */
export function draftDifference(draft: EnvDraft, document: EnvDocument): DifferenceLine[] {
  const lines: DifferenceLine[] = []
  for (const entry of document.entries) {
    const value = draft.values.get(entry.line)
    const mends = draft.mends.get(entry.line)
    if (value === undefined && !mends && !draft.removed.has(entry.line)) continue
    lines.push({ sign: '-', text: entryText(entry) })
    const mended = mends && mendedText(entry, mends)
    if (typeof mended === 'string') {
      for (const text of mended.split('\n')) lines.push({ sign: '+', text })
    }
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

/** A line of the document without its secret. */
export function entryText(entry: EnvEntry): string {
  const hidden = maskedText(entry.length)
  if (entry.kind === 'comment') return entry.text ?? `# ${hidden}`
  if (entry.kind !== 'assignment') return entry.text ?? hidden
  return `${entry.key ?? ''}=${entry.masked ? hidden : (entry.value ?? '')}`
}

/** What mends will make of a line, secrets masked; null when it goes. May be two lines: a comment and the rest. */
export function mendedText(entry: EnvEntry, mends: readonly Mend[]): string | null {
  if (mends.some(({ preview }) => preview === '')) return null
  const [first] = mends
  if (mends.length === 1 && first?.preview !== undefined) return first.preview
  if (!entry.masked) {
    return mends.reduce((text, { finding }) => mendLastLine(text, finding), entryText(entry))
  }
  // Each preview knows its own part only: of several the new name, if there is one, and no value.
  const keys = mends.map(({ preview }) => /^([^\n=]+)=[^\n]*$/.exec(preview ?? '')?.[1])
  const key = keys.find((other) => other !== entry.key) ?? entry.key ?? ''
  const labels = mends.map(({ label }) => label).join('; ')
  return keys.includes(undefined) ? `${entryText(entry)}  (${labels})` : `${key}=••••••••`
}

/** The line that was mended before stands last: what is put in front of it is a comment. */
function mendLastLine(text: string, finding: string): string {
  return mendText(text, text.split('\n').length, finding)
}
