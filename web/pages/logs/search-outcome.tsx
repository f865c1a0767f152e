import type { JSX } from 'preact'
import { countOf, formatBytes } from '../../ui/format.ts'
import { ProblemView } from '../../ui/problem-view.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import type { LogSearch } from './log-search.ts'

/** How far a search has come, or how it ended. */
export function SearchOutcome({ search }: { search: LogSearch }): JSX.Element | null {
  const state = search.state.value
  const { searchedBytes, totalBytes } = search.progress.value
  const count = countOf(search.hits.value.length, 'hit')
  if (state.kind === 'idle')
    return <p class="small muted">Everything that is kept is searched, the newest lines first.</p>
  if (state.kind === 'searching')
    return (
      <ProgressBar
        label={search.hits.value.length === 0 ? 'Searching' : count}
        done={searchedBytes}
        total={totalBytes === 0 ? null : totalBytes}
        words={totalBytes === 0 ? '' : `${formatBytes(searchedBytes)} of ${formatBytes(totalBytes)}`}
      />
    )
  if (state.kind === 'failed') return <ProblemView problem={state.problem} />
  if (state.kind === 'badPattern')
    return (
      <div class="note small" data-tone="bad" role="alert">
        <strong>This is no regular expression</strong>
        <p class="break">{state.detail}</p>
        <p>Mend it, or search for the text as it is.</p>
      </div>
    )
  if (state.reason === 'slow') return <Slow search={search} />
  return (
    <p class="small muted" role="status">
      {state.reason === 'cancelled'
        ? `Cancelled after ${formatBytes(searchedBytes)}: ${count}`
        : `${count}${state.reason === 'limit' ? ', and there may be more' : ' in all that is kept'}`}
    </p>
  )
}

/** What a search can't find, for it is lost. The hits are not to be pushed out by it. */
export function LostLines({ search }: { search: LogSearch }): JSX.Element | null {
  const reasons = search.gaps.value
  if (reasons.length === 0) return null
  return (
    <details class="note small" data-tone="warn" open={search.hits.value.length === 0}>
      <summary>Lines are missing in what was searched</summary>
      {reasons.map((reason) => (
        <p key={reason} class="break">
          {reason}
        </p>
      ))}
    </details>
  )
}

function Slow({ search }: { search: LogSearch }): JSX.Element {
  const { searchedBytes, totalBytes } = search.progress.value
  const where = totalBytes > 0 ? ` after ${formatBytes(searchedBytes)} of ${formatBytes(totalBytes)}` : ''
  return (
    <div class="note small" data-tone="warn" role="alert">
      <strong>{search.isPattern ? 'The pattern takes too long' : 'The search takes too long'}</strong>
      {search.isPattern ? (
        <p>
          It was ended{where}. Patterns with one repetition inside another, such as <code>(a+)+</code>, may
          never end: write it without, or search for a text.
        </p>
      ) : (
        <p>It was ended{where}. The machine may be busy with something else: search again in a moment.</p>
      )}
    </div>
  )
}
