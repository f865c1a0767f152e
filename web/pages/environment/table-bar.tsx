import type { JSX } from 'preact'
import type { EnvDocument } from '../../../contract/env.ts'
import { Button } from '../../ui/button.tsx'
import { type EnvDraft, mendAll } from './env-draft.ts'
import * as editor from './env-editor.ts'

/** Above the table: mending everything that can be mended, when that is more than one thing. */
export function TableBar({
  document,
  draft,
}: {
  document: EnvDocument
  draft: EnvDraft
}): JSX.Element | null {
  const all = mendAll(draft, document.findings)
  const count = countMends(all) - countMends(draft)
  if (count < 2) return null
  return (
    <div class="row">
      <Button size="small" onClick={() => editor.edit(all)}>
        Mend all ({count})
      </Button>
      <span class="small muted">You see the difference before it is saved.</span>
    </div>
  )
}

function countMends({ mends }: EnvDraft): number {
  return [...mends.values()].reduce((sum, list) => sum + list.length, 0)
}
