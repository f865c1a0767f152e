import '../../ui/choice.css'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { EnvDocument, EnvEntry } from '../../../contract/env.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { AddedRow } from './added-row.tsx'
import { draftErrors, type EnvDraft } from './env-draft.ts'
import * as editor from './env-editor.ts'
import { EnvRow } from './env-row.tsx'
import { LineRow } from './line-row.tsx'
import { NoVariables } from './no-variables.tsx'
import { PickVariable } from './pick-variable.tsx'
import { TableBar } from './table-bar.tsx'
import { useDraftFindings } from './use-draft-findings.ts'

/** A note without anything to do, which the text view and the check tell. */
const READERS_DIFFER = 'env.readers-differ'

/** The file line by line: comments where they stand, secrets masked, edits in place. */
export function EnvTable(): JSX.Element | null {
  const document = editor.base.value
  if (!document) return null
  if (editor.isTextDirty.value) {
    return <p class="note">The text has unsaved changes. Save or discard them to edit the table.</p>
  }
  return <Table document={document} draft={editor.draft.value} />
}

function Table({ document, draft }: { document: EnvDocument; draft: EnvDraft }): JSX.Element {
  const [isShown, setShown] = useState(false)
  const [isPicking, setPicking] = useState(false)
  const errors = draftErrors(draft, document)
  const checked = useDraftFindings(draft, document)
  const isEmpty = document.entries.every(({ kind }) => kind !== 'assignment') && draft.added.length === 0
  return (
    <div class="stack">
      <TableBar document={document} draft={draft} />
      <div class="card env-card">
        <table class="env">
          <caption class="visually-hidden">Variables of the gateway</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {document.entries.map((entry) => (
              <EntryRow
                key={`${document.etag} ${entry.line}`}
                entry={entry}
                error={errors.get(String(entry.line))}
                findings={[
                  ...(draft.values.has(entry.line) ? [] : findingsOf(document, entry)),
                  ...withoutReaders(checked.byRow.get(String(entry.line))),
                ]}
                isShown={isShown}
              />
            ))}
            {draft.added.map((variable) => (
              <AddedRow
                key={`new${variable.id}`}
                variable={variable}
                error={errors.get(`new${variable.id}`)}
                findings={withoutReaders(checked.byRow.get(`new${variable.id}`))}
                isShown={isShown}
              />
            ))}
          </tbody>
        </table>
        {isEmpty && <NoVariables onMore={() => setPicking(true)} />}
      </div>
      <div class="row">
        <Button onClick={() => setPicking(true)}>Add variable</Button>
        <label class="check">
          <input
            type="checkbox"
            checked={isShown}
            onChange={(event) => setShown(event.currentTarget.checked)}
          />
          Show secrets while I type them
        </label>
      </div>
      {isPicking && <PickVariable document={document} draft={draft} onClose={() => setPicking(false)} />}
      {checked.failure !== null && (
        <p class="small muted">
          The edits could not be checked: {checked.failure}. Saving checks them again.
        </p>
      )}
    </div>
  )
}

function withoutReaders(findings: readonly Finding[] = []): Finding[] {
  return findings.filter(({ id }) => id !== READERS_DIFFER)
}

function findingsOf(document: EnvDocument, entry: EnvEntry): Finding[] {
  // The row says which line it is; how others read it has a place of its own there.
  return document.findings
    .filter(({ id, line }) => line === entry.line && id !== READERS_DIFFER)
    .map(({ line: _line, ...finding }) => finding)
}

function EntryRow(props: {
  entry: EnvEntry
  error: string | undefined
  findings: readonly Finding[]
  isShown: boolean
}): JSX.Element | null {
  const { entry } = props
  if (entry.kind === 'blank') return null
  if (entry.kind === 'assignment' && entry.key !== undefined) return <EnvRow {...props} name={entry.key} />
  return <LineRow entry={entry} findings={props.findings} />
}
