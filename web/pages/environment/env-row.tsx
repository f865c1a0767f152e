import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { EnvEntry } from '../../../contract/env.ts'
import { isEnvKey } from '../../../contract/rules.ts'
import type { Finding } from '../../../contract/schemas.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { SecretField } from '../../ui/secret-field.tsx'
import { maskedText, mendedText } from './difference.ts'
import { mendLine, removeLine, setValue, undoLine } from './env-draft.ts'
import * as editor from './env-editor.ts'
import { KnownMeaning } from './known-meaning.tsx'
import { MendButton } from './mend-button.tsx'
import { mendTyped } from './mend-typed.ts'
import { OtherReadings } from './other-readings.tsx'
import { useReveal } from './use-reveal.ts'

export interface EnvRowProps {
  readonly entry: EnvEntry
  readonly name: string
  readonly error: string | undefined
  readonly findings: readonly Finding[]
  /** Secrets may be seen while they are typed. */
  readonly isShown: boolean
}

/** One variable: its value masked, shown for a while, or being edited; or the line as a mend will leave it. */
export function EnvRow(props: EnvRowProps): JSX.Element {
  const { entry, name } = props
  const [isOpen, setOpen] = useState(false)
  const { revealed, problem, reveal, hide } = useReveal(entry.line)
  const draft = editor.draft.value
  const typed = draft.values.get(entry.line)
  const mended = mendedLine(entry)
  const isRemoved = draft.removed.has(entry.line) || mended === null
  const isPending = isRemoved || mended !== undefined
  const isEditing = !isPending && (isOpen || typed !== undefined)

  const actions = useRef<HTMLTableCellElement>(null)
  const isLeft = useRef(false)
  useEffect(() => {
    if (isLeft.current && !isOpen)
      actions.current?.querySelector<HTMLElement>('[aria-label^="Edit "]')?.focus()
    isLeft.current = false
  }, [isOpen])

  function leave(): void {
    if (typed !== undefined) return
    isLeft.current = true
    setOpen(false)
  }
  function undo(): void {
    setOpen(false)
    editor.edit(undoLine(draft, entry.line))
  }

  return (
    <tr
      aria-label={name}
      data-line={entry.line}
      data-change={isRemoved ? 'removed' : isPending || typed !== undefined ? 'changed' : undefined}
    >
      <th scope="row">
        <span class="mono break">{name}</span>
        {!entry.isEffective && (
          <span class="badge" data-tone="warn" title="A later line sets it again: that one counts">
            not effective
          </span>
        )}
        <KnownMeaning name={name} />
      </th>
      <td>
        {isEditing ? (
          <SecretField
            label={`Value of ${name}`}
            value={typed ?? revealed ?? entry.value ?? ''}
            placeholder={entry.masked ? `New value; the one there has ${entry.length} characters` : ''}
            isHidden={entry.masked && revealed === null && !props.isShown}
            isInvalid={props.error !== undefined}
            hasFocus
            onInput={(value) =>
              editor.edit(setValue(editor.draft.value, entry, value), `value ${entry.line}`)
            }
            onEscape={leave}
          />
        ) : (
          <Value entry={entry} revealed={revealed} />
        )}
        {typeof mended === 'string' && <Mended text={mended} />}
        {props.error !== undefined && (
          <p class="field-error" role="alert">
            {props.error}
          </p>
        )}
        {!isRemoved && <RowFindings {...props} typed={typed} />}
        {!isPending && !isEditing && entry.value !== undefined && (
          <OtherReadings name={name} value={entry.value} />
        )}
        {problem && <ProblemView problem={problem} onDismiss={hide} />}
      </td>
      <td class="env-actions" ref={actions}>
        {isPending || isEditing ? (
          <Button size="small" kind="quiet" label={`Undo ${name}`} onClick={undo}>
            <Icon name="undo" />
          </Button>
        ) : (
          <Actions
            entry={entry}
            name={name}
            isRevealed={revealed !== null}
            onReveal={() => (revealed === null ? void reveal() : hide())}
            onEdit={() => setOpen(true)}
          />
        )}
      </td>
    </tr>
  )
}

/** The line as its mends will leave it: null when it goes, undefined when there is nothing to mend. */
export function mendedLine(entry: EnvEntry): string | null | undefined {
  const mends = editor.draft.value.mends.get(entry.line)
  return mends && mendedText(entry, mends)
}

/** What will stand there after the save. */
export function Mended({ text }: { text: string }): JSX.Element {
  return (
    <p class="env-mended">
      <span class="badge" data-tone="accent">
        after saving
      </span>
      <code class="break preserve">{text}</code>
    </p>
  )
}

function RowFindings(props: EnvRowProps & { typed: string | undefined }): JSX.Element | null {
  const { entry, name, typed } = props
  const asked = editor.draft.value.mends.get(entry.line) ?? []
  const open = props.findings.filter(({ id }) => !asked.some(({ finding }) => finding === id))
  if (open.length === 0) return null
  return (
    <FindingList
      findings={open}
      actions={(finding) => {
        if (typed === undefined) {
          const mend = { finding: finding.id, label: '', ...finding.fix }
          const onMend = (): void => editor.edit(mendLine(editor.draft.value, entry.line, mend))
          return <MendButton finding={finding} where={name} onMend={onMend} />
        }
        const mended = mendTyped(name, typed, finding.id)
        if (mended?.key !== name) return null
        const onMend = (): void => editor.edit(setValue(editor.draft.value, entry, mended.value))
        return <MendButton finding={finding} where={name} onMend={onMend} />
      }}
    />
  )
}

function Actions(props: {
  entry: EnvEntry
  name: string
  isRevealed: boolean
  onReveal: () => void
  onEdit: () => void
}): JSX.Element {
  const { entry, name } = props
  return (
    <>
      {entry.masked && (
        <Button
          size="small"
          kind="quiet"
          label={`${props.isRevealed ? 'Hide' : 'Reveal'} ${name}`}
          onClick={props.onReveal}
        >
          <Icon name="eye" />
        </Button>
      )}
      {isEnvKey(name) && (
        <Button size="small" kind="quiet" label={`Edit ${name}`} onClick={props.onEdit}>
          <Icon name="edit" />
        </Button>
      )}
      <Button
        size="small"
        kind="quiet"
        label={`Remove ${name}`}
        onClick={() => editor.edit(removeLine(editor.draft.value, entry.line))}
      >
        <Icon name="trash" />
      </Button>
    </>
  )
}

function Value({ entry, revealed }: { entry: EnvEntry; revealed: string | null }): JSX.Element {
  if (revealed !== null) return <code class="break preserve">{revealed}</code>
  if (entry.masked) return <span class="muted">{maskedText(entry.length)}</span>
  if (entry.length === 0) return <span class="muted">(empty)</span>
  return <code class="break preserve">{entry.value}</code>
}
