import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import type { Drawn } from './log-list.tsx'
import type { LogPlace } from './log-place.ts'
import type { LogSession } from './log-session.ts'

interface WordsProps {
  readonly session: LogSession
  readonly drawn: Signal<Drawn>
  readonly filter: string
}

/** What stands in the place of lines while there are none. */
export function LogNothing({
  session,
  place,
  drawn,
  filter,
  onSearch,
}: WordsProps & { place: LogPlace; onSearch: () => void }): JSX.Element | null {
  const { count, isDone } = drawn.value
  if (count > 0 || place.isCleared.value) return null
  // The version says when lines have come.
  const hasLines = place.version.value >= 0 && place.ring.count > 0
  return (
    <div class="log-nothing">
      <Nothing session={session} isDone={isDone} hasLines={hasLines} filter={filter} onSearch={onSearch} />
    </div>
  )
}

function Nothing(props: {
  session: LogSession
  isDone: boolean
  hasLines: boolean
  filter: string
  onSearch: () => void
}): JSX.Element {
  if (props.hasLines && !props.isDone) return <p>Looking through the lines…</p>
  if (props.hasLines)
    return (
      <div class="stack-tight">
        <p>None of the lines that are here has “{props.filter}” in it.</p>
        <p>
          <Button size="small" onClick={props.onSearch}>
            Search in all of the log
          </Button>
        </p>
      </div>
    )
  if (!props.session.isLive.value) {
    return status.value?.isSetUp === false ? (
      <p>
        There is no log before the gateway is set up. <a href="/setup">Go to the setup</a>
      </p>
    ) : (
      <Loading what="Reading the log" />
    )
  }
  const { state } = status.value?.gateway ?? {}
  return (
    <p>
      The gateway has not written anything yet.
      {(state === 'stopped' || state === 'absent') && ' Start it, and its lines appear here.'}
    </p>
  )
}

/** Counts, and what goes on: a stream that was interrupted, lines held back. */
export function LogFoot({ session, place, drawn, filter }: WordsProps & { place: LogPlace }): JSX.Element {
  const { count } = drawn.value
  const held = session.heldCount.value
  return (
    <div class="log-foot small muted">
      <span>
        {countOf(count, 'line')}
        {filter !== '' && place.version.value >= 0 && ` of ${place.ring.count.toLocaleString('en')}`}
      </span>
      {session.isPaused.value && (
        <span class="badge" data-tone="accent" aria-live="polite">
          Paused: {countOf(held, 'line')} waiting
        </span>
      )}
      {session.stream.value.kind === 'waiting' && session.isLive.value && (
        <span class="badge" data-tone="warn">
          Interrupted, goes on by itself
        </span>
      )}
      {session.isCleared.value && (
        <Button size="small" kind="quiet" onClick={() => void session.loadOlder()}>
          Show earlier lines
        </Button>
      )}
      <span class="log-keys">
        <kbd>/</kbd> filter <kbd>space</kbd> pause <kbd>f</kbd> follow
      </span>
    </div>
  )
}
