import type { ReadonlySignal, Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { Loading } from '../../ui/loading.tsx'
import { isFiltering, type LogFilters } from './log-filters.ts'
import type { LogPlace } from './log-place.ts'
import type { LogSession } from './log-session.ts'
import type { Drawn } from './use-tell-drawn.ts'

const NonePasses = lazyPart(async () => (await import('./none-passes.tsx')).NonePasses)

interface WordsProps {
  readonly session: LogSession
  /** What the list shows of it. */
  readonly place: LogPlace
  readonly drawn: Signal<Drawn>
  readonly filters: LogFilters
}

/** What stands in the place of lines while there are none. */
export function LogNothing(props: WordsProps & { onSearch: () => void }): JSX.Element | null {
  const { session, place, drawn } = props
  const { count, isDone } = drawn.value
  if (count > 0 || place.isCleared.value) return null
  // The version says when lines have come.
  const hasLines = place.version.value >= 0 && place.ring.count > 0
  // They are not drawn yet.
  if (hasLines && !isFiltering(props.filters)) return null
  return (
    <div class="log-nothing">
      {hasLines ? (
        <NonePasses filters={props.filters} isDone={isDone} onSearch={props.onSearch} />
      ) : (
        <NothingYet session={session} />
      )}
    </div>
  )
}

function NothingYet({ session }: { session: LogSession }): JSX.Element {
  if (!session.isLive.value) {
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

/** Counts, and what goes on: a stream that was interrupted, lines held back, lines copied. */
export function LogFoot(props: WordsProps & { readonly copied: ReadonlySignal<number | null> }): JSX.Element {
  const { session, place, drawn, filters, copied } = props
  const { count } = drawn.value
  const held = session.heldCount.value
  return (
    <div class="log-foot small muted">
      <span>
        {countOf(count, 'line')}
        {isFiltering(filters) && place.version.value >= 0 && ` of ${place.ring.count.toLocaleString('en')}`}
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
      <span class="log-keys">
        <kbd>/</kbd> filter <kbd>s</kbd> search <kbd>space</kbd> pause <kbd>f</kbd> follow <kbd>?</kbd> all
        keys
      </span>
    </div>
  )
}
