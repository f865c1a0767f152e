import type { JSX } from 'preact'
import type { DoctorCheck, DoctorFinding } from '../../../contract/doctor.ts'
import { FindingItem } from '../../ui/finding-item.tsx'

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
          <FindingItem
            key={`${finding.id} ${finding.evidence}`}
            finding={finding}
            looked={checks.find(({ id }) => id === finding.check)?.looked}
            reason={reason}
            onMend={onMend}
          />
        ))}
      </ul>
    </section>
  )
}
