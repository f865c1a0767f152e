import { useEffect, useState } from 'preact/hooks'
import type { EnvDocument } from '../../../contract/env.ts'
import { isEnvKey } from '../../../contract/rules.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { checkEnv } from '../../api/env.ts'
import { toProblem } from '../../api/problem.ts'
import type { EnvDraft } from './env-draft.ts'

/** A pause in typing that is long enough to look at what was typed. */
const SETTLED_MS = 400

export interface DraftFindings {
  /** By row: the number of a line, or `new` and the id of an added variable. */
  readonly byRow: ReadonlyMap<string, readonly Finding[]>
  /** Why the check itself failed. */
  readonly failure: string | null
}

const NONE: DraftFindings = { byRow: new Map(), failure: null }

/** The lines that a draft would write, each with the row it belongs to. */
export function draftLines(draft: EnvDraft, document: EnvDocument): { row: string; text: string }[] {
  const changed = document.entries.flatMap((entry) => {
    const value = draft.values.get(entry.line)
    return value === undefined ? [] : [{ row: String(entry.line), text: `${entry.key ?? ''}=${value}` }]
  })
  const added = draft.added
    .filter(({ key }) => isEnvKey(key))
    .map(({ id, key, value }) => ({ row: `new${id}`, text: `${key}=${value}` }))
  return [...changed, ...added]
}

/**
 * The lines that stay, for findings that look beyond one line ("needs another variable beside it"). A secret is there
 * by its name: its value is not known here.
 */
export function otherLines(draft: EnvDraft, document: EnvDocument): string[] {
  const edited = new Set(draftLines(draft, document).map(({ text }) => text.slice(0, text.indexOf('='))))
  return document.entries.flatMap(({ line, key, value, masked }) => {
    const isGone = draft.removed.has(line) || draft.values.has(line)
    if (isGone || key === undefined || edited.has(key)) return []
    return [`${key}=${masked ? 'masked' : (value ?? '')}`]
  })
}

/** What the readers of `.env` would make of the edits, before they are saved. */
export function useDraftFindings(draft: EnvDraft, document: EnvDocument): DraftFindings {
  const [found, setFound] = useState(NONE)
  useEffect(() => {
    const lines = draftLines(draft, document)
    if (lines.length === 0) {
      setFound(NONE)
      return
    }
    let isStale = false
    const timer = setTimeout(async () => {
      try {
        const { findings } = await checkEnv(
          `${[...lines.map(({ text }) => text), ...otherLines(draft, document)].join('\n')}\n`,
        )
        if (!isStale) setFound({ byRow: byRow(findings, lines), failure: null })
      } catch (error) {
        if (!isStale) setFound({ byRow: new Map(), failure: toProblem(error).title })
      }
    }, SETTLED_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [draft, document])
  return found
}

function byRow(
  findings: readonly Finding[],
  lines: readonly { row: string }[],
): ReadonlyMap<string, readonly Finding[]> {
  const rows = new Map<string, Finding[]>()
  for (const { line, ...finding } of findings) {
    const row = line === undefined ? undefined : lines[line - 1]?.row
    if (row !== undefined) rows.set(row, [...(rows.get(row) ?? []), finding])
  }
  return rows
}
