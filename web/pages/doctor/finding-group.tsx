import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DoctorCheck, DoctorFinding } from '../../../contract/doctor.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icons.tsx'
import { hintCommand } from '../../ui/problem-view.tsx'

const ICONS = { info: 'info', warning: 'warning', error: 'cross' } as const
const WORDS = { info: 'Note', warning: 'Warning', error: 'Problem' } as const
const PAGES: Readonly<Record<string, string>> = {
  '/': 'overview',
  '/logs': 'log',
  '/environment': 'environment',
  '/configuration': 'configuration',
  '/settings': 'settings',
}

/** Findings of one weight; nothing where there is none. */
export function FindingGroup(props: {
  title: string
  findings: readonly DoctorFinding[]
  checks: readonly DoctorCheck[]
  /** Why nothing can be mended now. */
  reason: string | undefined
  onMend: (finding: DoctorFinding) => void
}): JSX.Element | null {
  const { title, findings, checks, reason, onMend } = props
  if (findings.length === 0) return null
  return (
    <section class="card stack" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {findings.map((finding) => (
          <li
            key={`${finding.id} ${finding.evidence}`}
            class="doctor-item"
            data-severity={finding.severity}
            data-finding={finding.id}
          >
            <FindingView
              finding={finding}
              looked={checks.find(({ id }) => id === finding.check)?.looked}
              reason={reason}
              onMend={onMend}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

function FindingView(props: {
  finding: DoctorFinding
  looked: string | undefined
  reason: string | undefined
  onMend: (finding: DoctorFinding) => void
}): JSX.Element {
  const { finding, looked, reason, onMend } = props
  const { severity, title, evidence, meaning, certainty, page } = finding
  const hint = finding.hint === undefined ? null : soleCommand(finding.hint)
  return (
    <>
      <Icon name={ICONS[severity]} size={17} />
      <div class="doctor-finding">
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
    </>
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
          {fix.preview !== undefined && <pre class="doctor-preview">{fix.preview}</pre>}
          <p class="small muted">
            Each step looks first and changes only what is not yet as it should be; afterwards the check looks
            again.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
