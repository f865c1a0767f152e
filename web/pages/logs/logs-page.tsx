import './logs.css'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { restartGateway, startGateway, stopGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { GatewayControls } from '../../ui/gateway-controls.tsx'
import { operationWords } from '../../ui/gateway-words.ts'
import { Icon } from '../../ui/icons.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { type Drawn, LogList } from './log-list.tsx'
import { LogPlaceBar } from './log-place-bar.tsx'
import { LogPlaces } from './log-places.ts'
import { LogSession } from './log-session.ts'
import { LogToolParts, LogTools, useLogTools } from './log-tools.tsx'
import type { LogView } from './log-view.ts'
import { LogFoot, LogNothing } from './log-words.tsx'
import { useLineAddress } from './use-line-address.ts'
import { useLogKeys } from './use-log-keys.ts'

/** Kept while other pages are looked at: on return it goes on where it was, without reading all again. */
let kept: LogSession | null = null

/** A column of times is worth its room on wide screens only, unless it is asked for. */
const WIDE = '(min-width: 1000px)'

/** Room for the list or the search, not for both; the style sheet has the same. */
const NARROW = '(max-width: 760px)'

/** The gateway's log as it is written. */
export function LogsPage(): JSX.Element {
  kept ??= new LogSession()
  const log = kept
  const filterField = useRef<HTMLInputElement>(null)
  const [filter, setFilter] = useState('')
  const [isFollowing, setFollowing] = useState(true)
  const [isWrapped, setWrapped] = useState(true)
  const [hasTime, setHasTime] = useState(() => matchMedia(WIDE).matches)
  const drawn = useSignal<Drawn>({ count: 0, newCount: 0, isDone: true })
  const isPaused = log.isPaused.value
  const places = useMemo(() => new LogPlaces(log, () => setFollowing(false)), [log])
  const place = places.current.value
  const address = useLineAddress((cursor) => {
    // Its neighbours are to be seen too.
    setFilter('')
    void places.lookAtLine(cursor)
  })
  const shown = useRef<LogView | null>(null)
  const tools = useLogTools()
  async function goToTime(time: string): Promise<void> {
    address.clear()
    await places.lookAtTime(time)
    // Nothing is as late: the end is as near as it gets.
    if (places.jump.value.kind === 'silent') setFollowing(true)
  }
  function follow(isWanted: boolean): void {
    if (isWanted) {
      places.back()
      address.clear()
    }
    setFollowing(isWanted)
  }

  const isSetUp = status.value?.isSetUp
  useEffect(() => {
    log.open()
    return () => log.close()
    // Before the setup there is no log: it is asked for again at once when that has changed.
  }, [log, isSetUp])
  useLogKeys({
    onSearch: () => filterField.current?.focus(),
    onPause: () => log.setPaused(!log.isPaused.value),
    onFollow: () => follow(true),
  })

  return (
    <div class="logs">
      <div class="row-apart">
        <h1>Logs</h1>
        <Controls />
      </div>
      <div class="row">
        <input
          ref={filterField}
          class="input log-filter"
          type="search"
          aria-label="Filter"
          placeholder="Filter ( / )"
          autocomplete="off"
          spellcheck={false}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setFilter('')
          }}
        />
        <Button size="small" isPressed={isPaused} onClick={() => log.setPaused(!isPaused)}>
          <Icon name={isPaused ? 'play' : 'pause'} size={15} />
          Pause
        </Button>
        <Button size="small" isPressed={isFollowing} onClick={() => follow(!isFollowing)}>
          Follow
        </Button>
        <Button size="small" isPressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          Wrap
        </Button>
        <Button size="small" isPressed={hasTime} onClick={() => setHasTime(!hasTime)}>
          Times
        </Button>
        <Button
          size="small"
          onClick={() => {
            follow(true)
            log.clear()
          }}
        >
          Clear
        </Button>
        <LogTools
          tools={tools}
          filter={filter}
          place={place}
          shown={shown}
          onTime={(time) => void goToTime(time)}
        />
      </div>
      <div class="log-body">
        <div class="log-frame">
          <div class="log-stage">
            <LogList
              session={place}
              filter={filter}
              isWrapped={isWrapped}
              hasTime={hasTime}
              isFollowing={isFollowing}
              onFollow={(isAtEnd) => {
                // The end of an earlier stretch is not the end of the log.
                if (!places.isHistory) setFollowing(isAtEnd)
              }}
              drawn={drawn}
              shown={shown}
              target={places.target.value}
              marked={places.marked.value}
              onTop={(cursor, offsetPx) => places.settle(cursor, offsetPx)}
              onPast={(cursor, offsetPx) => void places.lookPast(cursor, offsetPx)}
              onWhole={tools.showWhole}
              onLink={(cursor) => {
                setFollowing(false)
                address.name(cursor)
                places.mark(cursor)
              }}
            />
            <LogNothing
              session={log}
              place={place}
              drawn={drawn}
              filter={filter}
              onSearch={() => tools.openSearch(filter)}
            />
            {!isFollowing && !places.isHistory && (
              <div class="log-new">
                <Button size="small" kind="primary" onClick={() => follow(true)}>
                  <Icon name="down" size={15} />
                  {drawn.value.newCount > 0 ? countOf(drawn.value.newCount, 'new line') : 'To the end'}
                </Button>
              </div>
            )}
          </div>
          <LogPlaceBar places={places} newCount={places.newCount} onBack={() => follow(true)} />
        </div>
        <LogToolParts
          tools={tools}
          marked={places.marked.value}
          onOpen={(cursor) => {
            if (matchMedia(NARROW).matches) tools.closeSearch()
            address.open(cursor)
          }}
        />
      </div>
      <LogFoot session={log} place={place} drawn={drawn} filter={filter} />
    </div>
  )
}

function Controls(): JSX.Element | null {
  const [problem, setProblem] = useState<Problem | null>(null)
  const gateway = status.value?.gateway
  const running = runningOperation.value
  if (!gateway) return null
  const report = (work: Promise<void>): void => {
    setProblem(null)
    work.catch((error) => setProblem(toProblem(error)))
  }
  return (
    <>
      <div class="row">
        {running && <span class="small muted">{operationWords(running)}…</span>}
        <GatewayControls
          state={gateway.state}
          reason={running ? `${operationWords(running)}: wait until it has finished` : undefined}
          onStart={() => report(startGateway())}
          onStop={() => report(stopGateway())}
          onRestart={() => report(restartGateway())}
        />
      </div>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}
