import type { JSX } from 'preact'
import type { EnvEntry } from '../../../contract/env.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { mendLine, undoLine } from './env-draft.ts'
import * as editor from './env-editor.ts'
import { Mended, mendedLine } from './env-row.tsx'
import { MendButton } from './mend-button.tsx'

/** A line that sets nothing: a comment, or something no reader makes a variable of. */
export function LineRow({ entry, findings }: { entry: EnvEntry; findings: readonly Finding[] }): JSX.Element {
  const { line, kind } = entry
  const hidden = kind === 'comment' ? '# (hidden: it looks like a secret)' : 'A line that looks like a secret'
  const mended = mendedLine(entry)
  const name = `Line ${line}`
  return (
    <tr
      class="env-comment"
      aria-label={kind === 'comment' ? undefined : name}
      data-line={line}
      data-change={mended === null ? 'removed' : mended === undefined ? undefined : 'changed'}
    >
      <td colSpan={mended === undefined ? 3 : 2}>
        {entry.text === undefined && (
          <>
            <span class="badge">Line {line}</span>{' '}
          </>
        )}
        <span class="mono break">{entry.text ?? hidden}</span>
        {typeof mended === 'string' && <Mended text={mended} />}
        {mended === undefined && findings.length > 0 && (
          <FindingList
            findings={findings}
            actions={(finding) => (
              <MendButton
                finding={finding}
                where={name}
                onMend={() => {
                  const mend = { finding: finding.id, label: '', ...finding.fix }
                  editor.edit(mendLine(editor.draft.value, line, mend))
                }}
              />
            )}
          />
        )}
      </td>
      {mended !== undefined && (
        <td class="env-actions">
          <Button
            size="small"
            kind="quiet"
            label={`Undo ${name}`}
            onClick={() => editor.edit(undoLine(editor.draft.value, line))}
          >
            <Icon name="undo" />
          </Button>
        </td>
      )}
    </tr>
  )
}
