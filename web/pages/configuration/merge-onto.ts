import { mergedText, mergeText } from '../../state/merge-text.ts'

export interface MergedText {
  readonly text: string
  /** Places where both changed the same lines; there the edits are kept. */
  readonly conflicts: number
}

/** Edits on the version of somebody else: what only one changed is taken, and where both did, the edits are. */
export function mergeOnto(before: string, mine: string, theirs: string): MergedText {
  const chunks = mergeText(before, mine, theirs)
  return { text: mergedText(chunks), conflicts: chunks.filter(({ kind }) => kind === 'conflict').length }
}
