import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { EnvEntry } from '../../../contract/env.ts'
import { isEnvKey } from '../../../contract/rules.ts'
import type { Finding, Problem } from '../../../contract/schemas.ts'
import { revealLine } from '../../api/env.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { Icon } from '../../ui/icons.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { SecretField } from '../../ui/secret-field.tsx'
import { maskedText } from './difference.ts'
import { removeLine, setValue, undoLine } from './env-draft.ts'
import * as editor from './env-editor.ts'

/** A secret in view is hidden again after this long. */
const REVEALED_MS = 30_000

export interface EnvRowProps {
  readonly entry: EnvEntry
  readonly name: string
  readonly error: string | undefined
  readonly findings: readonly Finding[]
  /** Secrets may be seen while they are typed. */
  readonly isShown: boolean
}

/** One variable: its value masked, shown for a while, or being edited. */
export function EnvRow(props: EnvRowProps): JSX.Element {
  const { entry, name } = props
  const [isOpen, setOpen] = useState(false)
  const [revealed, setRevealed] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const draft = editor.draft.value
  const typed = draft.values.get(entry.line)
  const isRemoved = draft.removed.has(entry.line)
  const isEditing = !isRemoved && (isOpen || typed !== undefined)
  useEffect(() => {
    if (revealed === null) return
    const timer = setTimeout(() => setRevealed(null), REVEALED_MS)
    return () => clearTimeout(timer)
  }, [revealed])

  async function reveal(): Promise<void> {
    setProblem(null)
    try {
      const { text, etag } = await revealLine(entry.line)
      // The file is another by now, so this may be the value of another variable.
      if (etag !== editor.base.value?.etag) await editor.load()
      else setRevealed(text)
    } catch (error) {
      if (!hasCode(error, 'STEP_UP_REQUIRED')) setProblem(toProblem(error))
    }
  }

  function undo(): void {
    setOpen(false)
    editor.edit(undoLine(draft, entry.line))
  }

  return (
    <tr
      aria-label={name}
      data-line={entry.line}
      data-change={isRemoved ? 'removed' : typed !== undefined ? 'changed' : undefined}
    >
      <th scope="row" class="mono break">
        {name}
        {!entry.isEffective && (
          <span class="badge" data-tone="warn" title="A later line sets it again: that one counts">
            not effective
          </span>
        )}
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
            onInput={(value) => editor.edit(setValue(editor.draft.value, entry, value))}
          />
        ) : (
          <Value entry={entry} revealed={revealed} />
        )}
        {props.error !== undefined && (
          <p class="field-error" role="alert">
            {props.error}
          </p>
        )}
        {!isRemoved && props.findings.length > 0 && <FindingList findings={props.findings} />}
        {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      </td>
      <td class="env-actions">
        {isRemoved || isEditing ? (
          <Button size="small" kind="quiet" label={`Undo ${name}`} onClick={undo}>
            <Icon name="undo" />
          </Button>
        ) : (
          <Actions
            entry={entry}
            name={name}
            isRevealed={revealed !== null}
            onReveal={() => (revealed === null ? void reveal() : setRevealed(null))}
            onEdit={() => setOpen(true)}
          />
        )}
      </td>
    </tr>
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
