import './history.css'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { AuditKind, AuditOutcome, AuditPage } from '../../../contract/audit.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { filterAudit, loadAudit, loadOlderAudit } from '../../api/audit.ts'
import { toProblem } from '../../api/problem.ts'
import { auditFilter, auditLatest, auditLog, withoutStarts } from '../../state/audit.ts'
import { now } from '../../state/clock.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { countOf } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { Select } from '../../ui/select.tsx'
import { AuditRow } from './audit-row.tsx'
import { groupByDay, KIND_WORDS, OUTCOME_WORDS } from './audit-words.ts'

/** Stands for no choice in the selects. */
const ALL = 'all'
const KINDS = [
  [ALL, 'Everything'],
  ...(Object.entries(KIND_WORDS) as [AuditKind, string][]),
] as const satisfies readonly (readonly [string, string])[]
const OUTCOMES = [
  [ALL, 'Any'],
  ...(Object.entries(OUTCOME_WORDS) as [AuditOutcome, string][]),
] as const satisfies readonly (readonly [string, string])[]

/** Who did what through the panel: the audit log. */
export function HistoryPage(): JSX.Element {
  const latest = auditLatest.value
  useEffect(() => void loadAudit(), [latest])
  const remote = auditLog.value
  return (
    <div class="page">
      <div class="page-head">
        <h1>History</h1>
        <p class="muted">
          Who changed something, saw a secret, logged in or was refused: from the page, a shell or a script.
          Looking is not written down, and values of secrets never are.
        </p>
      </div>
      <Filters />
      {remote.kind === 'loading' && <Loading what="Reading the history" />}
      {remote.kind === 'failed' && <ProblemView problem={remote.problem} onRetry={() => void loadAudit()} />}
      {remote.kind === 'known' && <Entries page={remote.value} />}
      <EquivalentCommands
        commands={[
          ['The last entries', 'sudo razroom-panel audit'],
          ['Since yesterday', 'sudo razroom-panel audit --since 1d'],
          ['Who saw secrets', 'sudo razroom-panel audit --kind secret'],
          ['Who was refused', 'sudo razroom-panel audit --kind refusal'],
        ]}
      />
    </div>
  )
}

function Filters(): JSX.Element {
  const { kind, outcome } = auditFilter.value
  return (
    <div class="row audit-filters">
      <Select
        label="What"
        value={kind ?? ALL}
        options={KINDS}
        onChange={(chosen) => void filterAudit({ outcome, kind: chosen === ALL ? null : chosen })}
      />
      <Select
        label="Outcome"
        value={outcome ?? ALL}
        options={OUTCOMES}
        onChange={(chosen) => void filterAudit({ kind, outcome: chosen === ALL ? null : chosen })}
      />
    </div>
  )
}

function Entries({ page }: { page: AuditPage }): JSX.Element {
  const { kind, outcome } = auditFilter.value
  if (page.entries.length === 0) {
    return (
      <div class="note">
        <p>
          {kind === null && outcome === null
            ? 'Nothing is written down yet.'
            : 'There is no entry of the kind.'}
        </p>
      </div>
    )
  }
  return (
    <>
      {page.unreadable > 0 && (
        <div class="note" data-tone="warn">
          <p>
            {countOf(page.unreadable, 'line')} of the log can not be read: it was cut off by a power failure
            or a kill, or changed by hand.
          </p>
        </div>
      )}
      {groupByDay(withoutStarts(page.entries), now.value).map(({ day, entries }) => (
        <section key={day} class="card stack" aria-label={day}>
          <h2>{day}</h2>
          <ol class="audit">
            {entries.map((entry) => (
              <AuditRow key={`${entry.seq} ${entry.at}`} entry={entry} now={now.value} />
            ))}
          </ol>
        </section>
      ))}
      {page.hasMore && <Older />}
    </>
  )
}

function Older(): JSX.Element {
  const [isLoading, setLoading] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const load = async (): Promise<void> => {
    setLoading(true)
    setProblem(null)
    try {
      await loadOlderAudit()
    } catch (error) {
      setProblem(toProblem(error))
    } finally {
      setLoading(false)
    }
  }
  return (
    <div class="stack">
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      <div>
        <Button isBusy={isLoading} onClick={() => void load()}>
          Load older entries
        </Button>
      </div>
    </div>
  )
}
