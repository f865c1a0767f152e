import '../../ui/finding-item.css'
import type { JSX } from 'preact'
import type { CheckOutcome, DoctorCheck, DoctorFinding } from '../../../contract/doctor.ts'
import { Command } from '../../ui/command.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'

const ICONS = { ok: 'check', found: 'warning', skipped: 'pending', failed: 'cross' } as const
const WORDS: Readonly<Record<CheckOutcome, string>> = {
  ok: 'as it should be',
  found: 'something was found',
  skipped: 'does not apply here',
  failed: 'could not look',
}

/** Every check with what it saw, also those that found nothing. */
export function CheckTable({
  checks,
  findings,
}: {
  checks: readonly DoctorCheck[]
  findings: readonly Pick<DoctorFinding, 'check' | 'severity'>[]
}): JSX.Element {
  const isNote = ({ id, outcome }: DoctorCheck): boolean =>
    outcome === 'found' && findings.every(({ check, severity }) => check !== id || severity === 'info')
  return (
    <details class="card">
      <summary>Everything that was looked at ({countOf(checks.length, 'check')})</summary>
      <ul class="doctor-checks">
        {checks.map((check) => (
          <li
            key={check.id}
            class="finding-item"
            data-check={check.id}
            data-outcome={isNote(check) ? 'note' : check.outcome}
          >
            <Icon name={isNote(check) ? 'info' : ICONS[check.outcome]} size={16} />
            <div class="finding-body">
              <p>
                {check.title}{' '}
                <span class="visually-hidden">
                  ({isNote(check) ? 'something to know' : WORDS[check.outcome]})
                </span>
                <span class="small muted">
                  {' '}
                  {check.tookMs} ms{check.isSlow ? ', slow' : ''}
                </span>
              </p>
              <p class="small muted break preserve">{check.said}</p>
              <details class="small">
                <summary class="muted">The same from a shell</summary>
                <Command text={check.looked} />
              </details>
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}
