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
import { GatewayControls } from '../../ui/gateway-controls.tsx'
import { operationWords } from '../../ui/gateway-words.ts'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { LogFatal } from './log-fatal.tsx'
import { type LogFilters, NO_FILTERS } from './log-filters.ts'
import type { LogActions } from './log-keys.ts'
import { type Drawn, LogList, NOTHING_DRAWN } from './log-list.tsx'
import { LogMarks } from './log-marks.ts'
import { LogSession } from './log-session.ts'
import { nextTimeMode, readTimeMode, rememberTimeMode, type TimeMode } from './log-times.ts'
import { LogFoot, LogNothing, ToTheEnd } from './log-words.tsx'
import { TextFilter } from './text-filter.tsx'
import { TimeSelect } from './time-select.tsx'
import { useLogKeys } from './use-log-keys.ts'

/** Kept while other pages are looked at: on return it goes on where it was, without reading all again. */
let kept: LogSession | null = null

const DensityStrip = lazyPart(async () => (await import('./density-strip.tsx')).DensityStrip)
const FilterBar = lazyPart(async () => (await import('./fact-filters.tsx')).FilterBar)
const LogHelp = lazyPart(async () => (await import('./log-help.tsx')).LogHelp)

/** A column of times is worth its room on wide screens only, unless it is asked for. */
const WIDE = '(min-width: 1000px)'
const COPIED_MS = 3_000

/** The gateway's log as it is written. */
export function LogsPage(): JSX.Element {
  kept ??= new LogSession()
  const log = kept
  const filterField = useRef<HTMLInputElement>(null)
  const [filters, setFilters] = useState(log.filters)
  const [isFollowing, setFollowing] = useState(true)
  const [isWrapped, setWrapped] = useState(true)
  const [timeMode, setTimeMode] = useState(() => readTimeMode(matchMedia(WIDE).matches))
  const [isHelpOpen, setHelpOpen] = useState(false)
  const drawn = useSignal<Drawn>(NOTHING_DRAWN)
  const changes = useSignal(0)
  const target = useSignal<number | null>(null)
  const copied = useSignal<number | null>(null)
  const marks = useMemo(() => new LogMarks(log.ring, log.index), [log])
  const isPaused = log.isPaused.value

  const isSetUp = status.value?.isSetUp
  useEffect(() => {
    log.open()
    return () => log.close()
    // Before the setup there is no log: it is asked for again at once when that has changed.
  }, [log, isSetUp])
  const goTo = (number: number | null): void => {
    if (number === null) return
    setFollowing(false)
    target.value = marks.goTo(number)
  }
  const chooseFilters = (next: LogFilters): void => {
    log.filters = next
    setFilters(next)
  }
  const chooseTimes = (mode: TimeMode): void => {
    setTimeMode(mode)
    rememberTimeMode(mode)
  }
  const actions: LogActions = {
    filter: () => filterField.current?.focus(),
    nextMatch: () => goTo(marks.step(1)),
    previousMatch: () => goTo(marks.step(-1)),
    nextError: () => goTo(marks.stepError(1)),
    previousError: () => goTo(marks.stepError(-1)),
    follow: () => setFollowing(true),
    top: () => {
      setFollowing(false)
      target.value = log.ring.first
    },
    pause: () => log.setPaused(!log.isPaused.value),
    times: () => chooseTimes(nextTimeMode(timeMode)),
    wrap: () => setWrapped(!isWrapped),
    clearFilters: () => chooseFilters(NO_FILTERS),
    help: () => setHelpOpen(true),
  }
  useLogKeys(actions)
  const onCopied = (count: number): void => {
    copied.value = count
    setTimeout(() => {
      copied.value = null
    }, COPIED_MS)
  }

  return (
    <div class="logs">
      <div class="row-apart">
        <h1>Logs</h1>
        <Controls />
      </div>
      <LogFatal />
      <div class="log-tools">
        <TextFilter
          filters={filters}
          onChange={chooseFilters}
          field={filterField}
          drawn={drawn}
          onStep={(direction) => goTo(marks.step(direction))}
        />
        <div class="log-buttons">
          <Button size="small" isPressed={isPaused} onClick={actions.pause}>
            <Icon name={isPaused ? 'play' : 'pause'} size={15} />
            Pause
          </Button>
          <Button size="small" isPressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            Follow
          </Button>
          <Button size="small" isPressed={isWrapped} onClick={actions.wrap}>
            Wrap
          </Button>
          <TimeSelect mode={timeMode} onChange={chooseTimes} />
          <Button size="small" onClick={() => log.clear()}>
            Clear
          </Button>
          <Button size="small" kind="quiet" label="Keys" onClick={actions.help}>
            ?
          </Button>
        </div>
      </div>
      <div class="log-filter-bar">
        <FilterBar filters={filters} onChange={chooseFilters} index={log.index} changes={changes} />
      </div>
      <DensityStrip index={log.index} changes={changes} timeMode={timeMode} onJump={goTo} />
      <div class="log-frame">
        <LogList
          session={log}
          filters={filters}
          marks={marks}
          isWrapped={isWrapped}
          timeMode={timeMode}
          isFollowing={isFollowing}
          onFollow={setFollowing}
          drawn={drawn}
          changes={changes}
          target={target}
          onCopied={onCopied}
        />
        <LogNothing session={log} drawn={drawn} filters={filters} />
        {!isFollowing && <ToTheEnd drawn={drawn} onClick={actions.follow} />}
      </div>
      <LogFoot session={log} drawn={drawn} filters={filters} copied={copied} />
      {isHelpOpen && <LogHelp onClose={() => setHelpOpen(false)} />}
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
