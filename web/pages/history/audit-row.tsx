import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { AuditEntry } from '../../../contract/audit.ts'
import { operations } from '../../state/operations.ts'
import { Button } from '../../ui/button.tsx'
import { countOf, formatDateTime, formatDuration } from '../../ui/format.ts'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ageWords, FILE_WORDS } from '../../ui/version-words.ts'
import { codeWords, detailWords, OUTCOME_TONES, OUTCOME_WORDS, timeWords, whoWords } from './audit-words.ts'

const FILE_PAGES = { env: '/environment', config: '/configuration' } as const

/** One entry: what, what became of it, who and when. */
export function AuditRow({ entry, now }: { entry: AuditEntry; now: number }): JSX.Element {
  const { kind, what, outcome, code, tookMs, more, who, at, file } = entry
  const details = detailWords(entry)
  return (
    <li class="audit-entry" data-outcome={outcome} data-action={entry.action}>
      <div class="audit-main">
        <p class="row audit-head">
          <strong class="break">{what}</strong>
          <span class="badge" data-tone={OUTCOME_TONES[outcome]}>
            {OUTCOME_WORDS[outcome]}
          </span>
          {more !== undefined && <span class="badge">{more.toLocaleString('en')} more</span>}
        </p>
        {(details !== '' || code !== undefined) && (
          <p class="small break">
            {details}
            {code !== undefined && (
              <>
                {details !== '' && ' · '}
                {kind !== 'refusal' && `${codeWords(code)} `}
                <code>{code}</code>
              </>
            )}
          </p>
        )}
        <p class="small muted break">
          {whoWords(who)}
          {tookMs !== undefined && `, took ${formatDuration(tookMs)}`}
        </p>
        {file !== undefined && (
          <p class="small">
            <a href={FILE_PAGES[file]}>Versions of {FILE_WORDS[file]}</a>
          </p>
        )}
        <Steps entry={entry} now={now} />
      </div>
      <time class="small audit-time" dateTime={at} title={formatDateTime(at)}>
        {timeWords(at)}
        <span class="muted">{ageWords(at, now)}</span>
      </time>
    </li>
  )
}

/** What the operation did, step by step, as long as the panel remembers it. */
function Steps({ entry, now }: { entry: AuditEntry; now: number }): JSX.Element | null {
  const [isOpen, setOpen] = useState(false)
  const { operationId } = entry
  const operation = operations.value.find(({ id }) => id === operationId)
  if (!operation || operation.state === 'running') return null
  const count = countOf(operation.steps.length, 'step')
  return (
    <div class="stack-tight">
      <div>
        <Button
          size="small"
          kind="quiet"
          label={`${count} of: ${entry.what}, ${timeWords(entry.at)}`}
          isPressed={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {count}
        </Button>
      </div>
      {isOpen && <OperationPanel operation={operation} now={now} onCancel={() => {}} />}
    </div>
  )
}
