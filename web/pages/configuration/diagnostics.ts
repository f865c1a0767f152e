/** Findings of the panel as marks in the editor. */
import type { Diagnostic } from '@codemirror/lint'
import type { Text } from '@codemirror/state'
import type { Finding } from '../../../contract/schemas.ts'

/** What a mark at a column covers: a word, or what stands between quotes. */
const MARKED = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,:[\]{}"']+)/

/** A place in the text, from 1; one beyond the end is the end. */
export function placeOf(doc: Text, line: number, column = 1): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(from + Math.max(1, column) - 1, to)
}

/** The findings that name a line. One without a column marks all of it. */
export function diagnosticsOf(doc: Text, findings: readonly Finding[]): Diagnostic[] {
  return findings.flatMap((finding) => {
    if (finding.line === undefined) return []
    const { from, to } = rangeOf(doc, finding.line, finding.column)
    const message = [finding.title, finding.evidence, finding.hint].filter(Boolean).join('\n')
    return [{ from, to, severity: finding.severity, message }]
  })
}

function rangeOf(doc: Text, lineNumber: number, column: number | undefined): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(1, lineNumber), doc.lines))
  if (column === undefined) {
    const indent = line.text.length - line.text.trimStart().length
    return {
      from: line.from + indent,
      to: Math.max(line.from + indent, line.from + line.text.trimEnd().length),
    }
  }
  const from = placeOf(doc, lineNumber, column)
  const word = MARKED.exec(line.text.slice(from - line.from))?.[0].length ?? 1
  return { from, to: Math.min(from + word, line.to) }
}
