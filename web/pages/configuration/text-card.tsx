import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import type { ConfigDocument } from '../../../contract/config.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { countOf } from '../../ui/format.ts'
import { showUnsaved } from '../../ui/unsaved-section.tsx'
import { CodeEditor, type EditorAsk } from './code-editor.tsx'
import * as editor from './config-editor.ts'
import type { TextCheck } from './use-text-check.ts'

const NO_EDITS = 'Save or discard your changes first: it mends the file as it is'

/** The text: masked and read-only at first, with its secrets once somebody edits it. What is wrong stands below. */
export function TextCard(props: {
  document: ConfigDocument
  findings: readonly Finding[]
  check: TextCheck
}): JSX.Element {
  const { document, findings } = props
  const [ask, setAsk] = useState<EditorAsk | null>(null)
  const draft = editor.draft.value
  // Whoever comes back to edits of before has not asked for the editor just now.
  const cameBack = useRef(draft !== null)
  if (!draft) cameBack.current = false
  const marks = useMemo(
    () => (draft ? findings : marksOfMasked(findings, document)),
    [findings, draft === null],
  )
  return (
    <>
      <section class="card stack config-card" aria-label="Text of razroom.json">
        <Toolbar isEditing={draft !== null} onAsk={setAsk} />
        {draft ? (
          <CodeEditor
            key="edit"
            label="Text of razroom.json"
            text={draft.text}
            revision={String(editor.revision.value)}
            isReadOnly={false}
            hasFocus={!cameBack.current}
            findings={marks}
            ask={ask}
            onInput={editor.edit}
          />
        ) : (
          <CodeEditor
            key="view"
            label="Text of razroom.json, secrets masked"
            text={document.text}
            revision={document.etag}
            isReadOnly
            hasFocus={false}
            findings={marks}
            ask={ask}
            onInput={() => {}}
          />
        )}
      </section>
      <Findings findings={findings} check={props.check} onAsk={setAsk} />
    </>
  )
}

/** A column is one of the file: in a line with a mask it is another place, so that all of the line is marked. */
function marksOfMasked(findings: readonly Finding[], { text }: ConfigDocument): readonly Finding[] {
  const lines = text.split('\n')
  return findings.map((finding) => {
    const { column: _column, ...ofLine } = finding
    return lines[(finding.line ?? 0) - 1]?.includes('•') ? ofLine : finding
  })
}

function Toolbar(props: { isEditing: boolean; onAsk: (ask: EditorAsk) => void }): JSX.Element {
  const { isEditing, onAsk } = props
  return (
    <div class="row-apart">
      <p class="small muted">
        {isEditing
          ? 'Every secret in the file is shown. Ctrl+S saves, Ctrl+Z undoes, Ctrl+F searches.'
          : 'Secrets are masked. Editing shows them: make sure that nobody looks over your shoulder.'}
      </p>
      <div class="row">
        {isEditing && (
          <>
            <Button size="small" kind="quiet" onClick={() => onAsk({ kind: 'undo' })}>
              Undo
            </Button>
            <Button size="small" kind="quiet" onClick={() => onAsk({ kind: 'redo' })}>
              Redo
            </Button>
          </>
        )}
        <Button size="small" kind="quiet" onClick={() => onAsk({ kind: 'search' })}>
          Search
        </Button>
        {!isEditing && (
          <Button kind="primary" onClick={() => void editor.open()}>
            Edit
          </Button>
        )}
        {isEditing && !editor.isDirty.value && (
          <Button size="small" onClick={editor.close}>
            Close
          </Button>
        )}
        {isEditing && editor.isDirty.value && (
          <Button size="small" kind="primary" onClick={showUnsaved}>
            Review and save
          </Button>
        )}
      </div>
    </div>
  )
}

/** What is wrong, with the way to its place and the click that mends it. */
export function Findings(props: {
  findings: readonly Finding[]
  check: TextCheck
  /** Asks the editor; null where there is none. */
  onAsk: ((ask: EditorAsk) => void) | null
}): JSX.Element {
  const { findings, check, onAsk } = props
  const isFatal = findings.some(({ severity }) => severity === 'error')
  return (
    <>
      <p class="visually-hidden" role="status">
        {findings.length > 0 && countOf(findings.length, 'finding')}
      </p>
      {(findings.length > 0 || check.failure !== null) && (
        <section class="card" aria-label="Findings">
          {isFatal && (
            <p>
              <strong>The gateway would not start with this text.</strong>
            </p>
          )}
          {check.failure !== null && (
            <p class="small muted">The text could not be checked: {check.failure}. Saving checks it again.</p>
          )}
          <FindingList
            findings={findings}
            actions={(finding) => (
              <>
                {onAsk && <GoToLine finding={finding} onAsk={onAsk} />}
                {finding.fix && (
                  <Button
                    size="small"
                    isBusy={editor.isSaving.value}
                    reason={editor.isDirty.value ? NO_EDITS : undefined}
                    onClick={() => void editor.mend(finding)}
                  >
                    {finding.fix.label}
                  </Button>
                )}
              </>
            )}
          />
        </section>
      )}
    </>
  )
}

function GoToLine(props: { finding: Finding; onAsk: (ask: EditorAsk) => void }): JSX.Element | null {
  const { line, column, title } = props.finding
  if (line === undefined) return null
  return (
    <Button
      size="small"
      kind="quiet"
      label={`Go to line ${line}: ${title}`}
      onClick={() => props.onAsk({ kind: 'goTo', line, column })}
    >
      Go to line {line}
    </Button>
  )
}
