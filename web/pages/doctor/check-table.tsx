import '../../ui/finding-item.css'
import type { JSX } from 'preact'
import type { CheckOutcome, DoctorCheck } from '../../../contract/doctor.ts'
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
export function CheckTable({ checks }: { checks: readonly DoctorCheck[] }): JSX.Element {
  return (
    <details class="card">
      <summary>Everything that was looked at ({countOf(checks.length, 'check')})</summary>
      <ul class="doctor-checks">
        {checks.map((check) => (
          <li key={check.id} class="finding-item" data-check={check.id} data-outcome={check.outcome}>
            <Icon name={ICONS[check.outcome]} size={16} />
            <div class="finding-body">
              <p>
                {check.title} <span class="visually-hidden">({WORDS[check.outcome]})</span>
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
