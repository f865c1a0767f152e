import './finding-item.css'
import './finding-list.css'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DoctorFinding } from '../../contract/doctor.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'
import { ConfirmDialog } from './dialog.tsx'
import { Icon } from './icons.tsx'
import { hintCommand } from './problem-view.tsx'

const ICONS = { info: 'info', warning: 'warning', error: 'cross' } as const
const WORDS = { info: 'Note', warning: 'Warning', error: 'Problem' } as const
const PAGES: Readonly<Record<string, string>> = {
  '/': 'overview',
  '/logs': 'log',
  '/environment': 'environment',
  '/configuration': 'configuration',
  '/settings': 'settings',
}

/** A finding of the doctor in a list: what was seen, what it means, and what mends it. */
export function FindingItem(props: {
  finding: DoctorFinding
  /** The command or the path that shows the same. */
  looked: string | undefined
  /** Why nothing can be mended now. */
  reason: string | undefined
  onMend: (finding: DoctorFinding) => void
}): JSX.Element {
  const { finding, looked, reason, onMend } = props
  const { severity, title, evidence, meaning, certainty, page } = finding
  const hint = finding.hint === undefined ? null : soleCommand(finding.hint)
  return (
    <li class="finding-item" data-severity={severity} data-finding={finding.id}>
      <Icon name={ICONS[severity]} size={17} />
      <div class="finding-body">
        <p>
          <span class="visually-hidden">{WORDS[severity]}: </span>
          <strong>{title}</strong>
          {certainty === 'likely' && <span class="badge">likely</span>}
        </p>
        <p class="small mono break preserve">{evidence}</p>
        {meaning !== '' && <p class="small break">{meaning}</p>}
        {hint && <p class="small break">{hint.text}</p>}
        {hint?.command && <Command text={hint.command} />}
        <div class="row">
          {finding.fix && <Mend finding={finding} fix={finding.fix} reason={reason} onMend={onMend} />}
          {page !== undefined && page in PAGES && (
            <a class="small" href={page}>
              Open the {PAGES[page]}
            </a>
          )}
        </div>
        {looked !== undefined && (
          <details class="small">
            <summary class="muted">What was looked at</summary>
            <Command text={looked} />
          </details>
        )}
      </div>
    </li>
  )
}

/** A hint that ends in a command; one with several, or with a sentence behind it, stays a text. */
function soleCommand(hint: string): ReturnType<typeof hintCommand> {
  const found = hintCommand(hint)
  return found.command?.includes('. ') ? { text: hint, command: null } : found
}

/** The way to mend it: shown as it would be, and done when that is confirmed. */
function Mend(props: {
  finding: DoctorFinding
  fix: NonNullable<DoctorFinding['fix']>
  reason: string | undefined
  onMend: (finding: DoctorFinding) => void
}): JSX.Element {
  const { finding, fix, reason, onMend } = props
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="small"
        {...(finding.severity === 'error' ? { kind: 'primary' } : {})}
        label={`Mend: ${finding.title}`}
        reason={reason}
        onClick={() => setAsking(true)}
      >
        Mend…
      </Button>
      <span class="small muted">{fix.label}</span>
      {isAsking && (
        <ConfirmDialog
          title={`${fix.label}?`}
          action="Mend"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            onMend(finding)
          }}
        >
          <p>{finding.title}.</p>
          {fix.preview !== undefined && <pre class="finding-preview">{fix.preview}</pre>}
          <p class="small muted">
            Each step looks first and changes only what is not yet as it should be; afterwards the check looks
            again.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
