import './search-drawer.css'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { LogSearch, MAX_HITS, type Wanted } from './log-search.ts'
import type { TimeMode } from './log-times.ts'
import { SearchHit } from './search-hit.tsx'
import { LostLines, SearchOutcome } from './search-outcome.tsx'

/** Kept while the drawer is closed: opened again, it shows the same hits. */
const kept = { search: new LogSearch(), wanted: { text: '', kind: 'plain', ignoresCase: true } as Wanted }

const HITS_PER_FRAME = 20

export interface SearchDrawerProps {
  /** A text to search for at once; '' for none. */
  readonly text: string
  readonly timeMode: TimeMode
  readonly marked: string | null
  readonly onOpen: (cursor: string) => void
  readonly onClose: () => void
}

/** Searches all of the log that is kept, on the host: newest hits first, each with its neighbours. */
export function SearchDrawer(props: SearchDrawerProps): JSX.Element {
  const { search } = kept
  const [wanted, setWanted] = useState<Wanted>(kept.wanted)
  const field = useRef<HTMLInputElement>(null)
  const change = (part: Partial<Wanted>): void => {
    kept.wanted = { ...kept.wanted, ...part }
    setWanted(kept.wanted)
  }
  useEffect(() => {
    if (props.text !== '') {
      change({ text: props.text, kind: 'plain', ignoresCase: true, isInverse: false })
      search.start(kept.wanted)
    }
    field.current?.focus()
  }, [props.text])
  // A drawer that is away leaves no search behind.
  useEffect(() => () => search.cancel(), [])
  const isSearching = search.state.value.kind === 'searching'

  return (
    <section
      class="log-drawer"
      aria-label="Search in all of the log"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        props.onClose()
      }}
    >
      <div class="row-apart">
        <h2>Search in all of the log</h2>
        <Button size="small" kind="quiet" label="Close the search" onClick={props.onClose}>
          <Icon name="cross" size={16} />
        </Button>
      </div>
      <form
        class="stack-tight"
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted.text !== '') search.start(wanted)
        }}
      >
        <div class="log-drawer-line">
          <input
            ref={field}
            class={wanted.kind === 'regex' ? 'input mono' : 'input'}
            type="search"
            aria-label="What to search for"
            placeholder={wanted.kind === 'regex' ? 'Regular expression' : 'Text'}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            maxLength={1_000}
            aria-invalid={search.state.value.kind === 'badPattern' || undefined}
            value={wanted.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
          {/* Keys: were it one element, a click on Cancel would find it to be the other, and search again. */}
          {isSearching ? (
            <Button key="cancel" onClick={() => search.cancel()}>
              Cancel
            </Button>
          ) : (
            <Button
              key="search"
              kind="primary"
              submits
              reason={wanted.text === '' ? 'Say what to search for first' : undefined}
            >
              Search
            </Button>
          )}
        </div>
        <Options wanted={wanted} onChange={change} />
      </form>
      <SearchOutcome search={search} />
      <LostLines search={search} />
      <Hits
        key={search.turn.value}
        search={search}
        timeMode={props.timeMode}
        marked={props.marked}
        onOpen={props.onOpen}
      />
    </section>
  )
}

function Options(props: { wanted: Wanted; onChange: (part: Partial<Wanted>) => void }): JSX.Element {
  const { wanted, onChange } = props
  return (
    <div class="log-drawer-options small">
      <Check
        isChecked={wanted.kind === 'regex'}
        onChange={(isRegex) => onChange({ kind: isRegex ? 'regex' : 'plain' })}
      >
        Regular expression
      </Check>
      <Check
        isChecked={wanted.ignoresCase !== true}
        onChange={(isExact) => onChange({ ignoresCase: !isExact })}
      >
        Match case
      </Check>
      <Check isChecked={wanted.isInverse === true} onChange={(isInverse) => onChange({ isInverse })}>
        Lines without it
      </Check>
      <select
        class="input log-drawer-stream"
        aria-label="Stream"
        onChange={({ currentTarget: { value } }) => {
          const { stream: _, ...rest } = kept.wanted
          kept.wanted = rest
          onChange(value === 'stdout' || value === 'stderr' ? { stream: value } : {})
        }}
      >
        <option value="" selected={wanted.stream === undefined}>
          Both streams
        </option>
        <option value="stdout" selected={wanted.stream === 'stdout'}>
          stdout
        </option>
        <option value="stderr" selected={wanted.stream === 'stderr'}>
          stderr
        </option>
      </select>
    </div>
  )
}

function Hits(props: {
  search: LogSearch
  timeMode: TimeMode
  marked: string | null
  onOpen: (cursor: string) => void
}): JSX.Element | null {
  const { search } = props
  const hits = search.hits.value
  const state = search.state.value
  const marker = search.marker.value
  const shown = useGrowing(hits.length)
  if (marker === null || hits.length === 0) return null
  const isMore = state.kind === 'ended' && (state.reason === 'limit' || state.reason === 'cancelled')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="log-hits" aria-label="Hits" tabIndex={0}>
      <ol>
        {hits.slice(0, shown).map((hit) => (
          <SearchHit
            key={hit.line.cursor}
            hit={hit}
            marker={marker}
            timeMode={props.timeMode}
            isMarked={hit.line.cursor === props.marked}
            onOpen={props.onOpen}
          />
        ))}
      </ol>
      {isMore &&
        (hits.length < MAX_HITS ? (
          <Button size="small" onClick={() => search.more()}>
            Show more
          </Button>
        ) : (
          <p class="small muted">
            {countOf(MAX_HITS, 'hit')} are shown at most. Search for something rarer, or download the lines.
          </p>
        ))}
    </section>
  )
}

/** A number that goes up to this one step by step, so that no frame draws all that has come at once. */
function useGrowing(count: number): number {
  const [shown, setShown] = useState(HITS_PER_FRAME)
  useEffect(() => {
    if (shown >= count) return
    const frame = requestAnimationFrame(() => setShown(shown + HITS_PER_FRAME))
    return () => cancelAnimationFrame(frame)
  }, [shown, count])
  return Math.min(shown, count)
}
