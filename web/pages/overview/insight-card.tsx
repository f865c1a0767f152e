import './insight.css'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { GatewayInsight, InsightPartName } from '../../../contract/insight.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { loadInsight, refreshInsight } from '../../api/insight.ts'
import { toProblem } from '../../api/problem.ts'
import { now } from '../../state/clock.ts'
import { insight } from '../../state/insight.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { Command, EquivalentCommands } from '../../ui/command.tsx'
import { formatDateTime, formatDuration } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { PartValue } from './insight-values.tsx'

const TITLES = {
  version: 'Version',
  models: 'Models',
  providers: 'Providers',
  channels: 'Channels',
  sessions: 'Sessions',
  cron: 'Jobs',
} as const satisfies Record<InsightPartName, string>
const SHOWN = Object.keys(TITLES) as InsightPartName[]
/** The panel asks the gateway for nothing that is not old: this only says that somebody looks. */
const ASK_EVERY_MS = 60_000
/** Who only passes by, or a gateway that has come up this moment, is no reason to ask. */
const FIRST_AFTER_MS = 5_000

/** What the gateway says of itself, with its age: asked slowly while this is in view, at once by a click. */
export function InsightCard(): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null)
  useSlowRefresh()
  const state = insight.value
  const isFresh = state.kind === 'known' && SHOWN.every((name) => isUnasked(state.value.parts[name]))
  const refresh = (parts: readonly InsightPartName[]): void => {
    setProblem(null)
    refreshInsight({ parts: [...parts] }).catch((error) => setProblem(toProblem(error)))
  }
  return (
    <section class="card stack cards-wide" aria-label="What the gateway says">
      <div class="row-apart">
        <h2>What the gateway says</h2>
        {state.kind === 'known' && (
          <Button size="small" reason={reasonOf(state.value)} onClick={() => refresh(SHOWN)}>
            <Icon name="rotate" size={15} />
            {isFresh ? 'Ask now' : 'Ask again'}
          </Button>
        )}
      </div>
      {state.kind === 'loading' && <Loading what="Reading what it said" />}
      {state.kind === 'failed' && <ProblemView problem={state.problem} onRetry={() => void loadInsight()} />}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
      {state.kind === 'known' && (
        <>
          {isFresh && state.value.available && (
            <p class="small muted">It is asked by itself soon, or by “Ask now” at once.</p>
          )}
          {state.value.reason !== undefined && <p class="small muted break">{state.value.reason}</p>}
          <div class="insight">
            {SHOWN.map((name) => (
              <Part key={name} name={name} known={state.value} onRefresh={() => refresh([name])} />
            ))}
          </div>
        </>
      )}
      <EquivalentCommands commands={[['Show', 'sudo razroom-panel insight']]} />
    </section>
  )
}

/** Says that somebody looks: some seconds after the card has come, and then once a minute, never from a hidden tab. */
function useSlowRefresh(): void {
  const gateway = status.value?.gateway
  const isUp = gateway?.state === 'running'
  const since = gateway?.since
  const operationId = status.value?.operationId
  useEffect(() => {
    void loadInsight()
  }, [isUp, since, operationId])
  useEffect(() => {
    if (!isUp) return
    const ask = (): void => {
      // Nobody has asked for it by hand: what keeps it from its answer is told by the next one that is read.
      if (!document.hidden) refreshInsight({ onlyStale: true }).catch(() => undefined)
    }
    const first = setTimeout(ask, FIRST_AFTER_MS)
    const timer = setInterval(ask, ASK_EVERY_MS)
    document.addEventListener('visibilitychange', ask)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [isUp, since, operationId])
}

/** Why it can not be asked now. */
function reasonOf({ available, reason, parts }: GatewayInsight): string | undefined {
  if (!available) return reason ?? 'The gateway does not run'
  const isBusy = SHOWN.every((name) => parts[name].progress !== 'idle')
  return isBusy ? 'It is being asked already' : undefined
}

function Part(props: { name: InsightPartName; known: GatewayInsight; onRefresh: () => void }): JSX.Element {
  const { name, known } = props
  const part = known.parts[name]
  const { problem, progress } = part
  const title = TITLES[name]
  const isIdle = progress === 'idle'
  return (
    <section class="insight-part" aria-label={title} data-insight={name} data-progress={progress}>
      <div class="row-apart">
        <h3>{title}</h3>
        <div class="row">
          <span class="small muted">
            <Age part={part} />
          </span>
          <Button
            size="small"
            kind="quiet"
            label={`Ask again: ${title}`}
            isBusy={progress === 'reading'}
            reason={isIdle ? reasonOf(known) : 'It is being asked already'}
            onClick={props.onRefresh}
          >
            <Icon name="rotate" size={15} />
          </Button>
        </div>
      </div>
      {part.value !== undefined && <PartValue name={name} parts={known.parts} />}
      {isUnasked(part) && <p class="small muted">Not asked yet.</p>}
      {problem && (
        <div class="note" data-tone="warn">
          <p class="small">
            {part.value === undefined ? 'It could not be read.' : 'It could not be read again.'}
          </p>
          <p class="small break">{problem.detail ?? problem.title}</p>
          <Command text={part.command} />
        </div>
      )}
    </section>
  )
}

function isUnasked({ value, problem, progress }: GatewayInsight['parts'][InsightPartName]): boolean {
  return value === undefined && !problem && progress === 'idle'
}

/** How old it is, or how far the asking is. */
function Age({ part }: { part: GatewayInsight['parts'][InsightPartName] }): JSX.Element | null {
  const { progress, startedAt, tookMs, isSlow, at } = part
  if (progress === 'waiting') return <>waits for its turn</>
  if (progress === 'reading') {
    const elapsed = startedAt === undefined ? 0 : now.value - Date.parse(startedAt)
    const usual =
      tookMs !== undefined
        ? `, took ${formatDuration(tookMs)} before`
        : isSlow
          ? ', takes about a minute'
          : ''
    return <>{`asking for ${formatDuration(elapsed)}${usual}`}</>
  }
  if (at === undefined) return null
  const startedAtMs = Date.parse(status.value?.gateway.since ?? '')
  const isFormer = Date.parse(at) < startedAtMs
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatDuration(now.value - Date.parse(at))} ago{isFormer && ', before the last start'}
    </time>
  )
}
