import type { ReadonlySignal, Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { Loading } from '../../ui/loading.tsx'
import { isFiltering, type LogFilters } from './log-filters.ts'
import type { Drawn } from './log-list.tsx'
import { RING_CAPACITY } from './log-ring.ts'
import type { LogSession } from './log-session.ts'

interface WordsProps {
  readonly session: LogSession
  readonly drawn: Signal<Drawn>
  readonly filters: LogFilters
}

/** What stands in the place of lines while there are none. */
export function LogNothing({ session, drawn, filters }: WordsProps): JSX.Element | null {
  const { count, isDone } = drawn.value
  if (count > 0 || session.isCleared.value) return null
  // The version says when lines have come.
  const hasLines = session.version.value >= 0 && session.ring.count > 0
  return (
    <div class="log-nothing">
      <Nothing session={session} isDone={isDone} hasLines={hasLines} filters={filters} />
    </div>
  )
}

function Nothing(props: {
  session: LogSession
  isDone: boolean
  hasLines: boolean
  filters: LogFilters
}): JSX.Element {
  if (props.hasLines) {
    return <p>{props.isDone ? noneWords(props.filters) : 'Looking through the lines…'}</p>
  }
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

/** The way back to the newest line, with how many have come since. Draws itself: what is drawn changes with each frame. */
export function ToTheEnd(props: { drawn: ReadonlySignal<Drawn>; onClick: () => void }): JSX.Element {
  const { newCount } = props.drawn.value
  return (
    <div class="log-new">
      <Button size="small" kind="primary" onClick={props.onClick}>
        <Icon name="down" size={15} />
        {newCount > 0 ? countOf(newCount, 'new line') : 'To the end'}
      </Button>
    </div>
  )
}

function noneWords({ text, isInverse, ...filters }: LogFilters): string {
  const isTextAlone =
    text !== '' && filters.levels.length + filters.streams.length + filters.subsystems.length === 0
  if (!isTextAlone) return 'No line that is here passes the filters.'
  return isInverse ? `All lines have “${text}” in them.` : `No line has “${text}” in it.`
}

/** Counts, and what goes on: older lines being read, a stream that was interrupted, lines held back. */
export function LogFoot(props: WordsProps & { readonly copied: ReadonlySignal<number | null> }): JSX.Element {
  const { session, drawn, filters, copied } = props
  const { count } = drawn.value
  const older = session.older.value
  const held = session.heldCount.value
  return (
    <div class="log-foot small muted">
      <span>
        {countOf(count, 'line')}
        {isFiltering(filters) &&
          session.version.value >= 0 &&
          ` of ${session.ring.count.toLocaleString('en')}`}
      </span>
      <span role="status">{copied.value !== null && `${countOf(copied.value, 'line')} copied`}</span>
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
      {older.kind === 'loading' && <span>Reading earlier lines…</span>}
      {older.kind === 'failed' && (
        <span class="row" role="alert">
          Earlier lines could not be read: {older.problem.title}.
          <Button size="small" kind="quiet" onClick={() => void session.loadOlder()}>
            Try again
          </Button>
        </span>
      )}
      {older.kind === 'end' && (
        <span>
          {older.reason === 'beginning'
            ? 'All lines that are kept are here'
            : `The page holds ${RING_CAPACITY.toLocaleString('en')} lines at most; older ones are in the log file`}
        </span>
      )}
      <span class="log-keys">
        <kbd>/</kbd> filter <kbd>space</kbd> pause <kbd>f</kbd> follow <kbd>?</kbd> all keys
      </span>
    </div>
  )
}
