import './log-place-bar.css'
import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { countOf, formatDateTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import type { LogPlace } from './log-place.ts'
import type { Jump, LogPlaces } from './log-places.ts'

/** Below the list: how a jump went, and, while earlier lines are shown, that they are, and the way back. */
export function LogPlaceBar(props: { places: LogPlaces; onBack: () => void }): JSX.Element | null {
  const { places } = props
  const { newCount } = places
  const jump = places.jump.value
  const place = places.current.value
  if (jump.kind === 'idle' && !places.isHistory) return null
  const isTold = jump.kind !== 'idle' && jump.kind !== 'opening'
  return (
    <div
      class="log-bar small"
      data-floating={(jump.kind === 'opening' && !places.isHistory) || undefined}
      data-tone={isTold && jump.kind !== 'named' ? 'warn' : 'accent'}
    >
      <span class="log-bar-words" role="status">
        {jump.kind === 'idle' ? <HistoryWords place={place} /> : <JumpWords jump={jump} />}
      </span>
      {jump.kind === 'named' && (
        <CopyButton text={location.href} label="Copy link to this line" words="Copy link" />
      )}
      {isTold && (
        <Button size="small" kind="quiet" onClick={() => places.dismiss()}>
          Dismiss
        </Button>
      )}
      {places.isHistory && (
        <Button size="small" kind="primary" onClick={props.onBack}>
          <Icon name="down" size={15} />
          Back to the end{newCount > 0 && ` (${countOf(newCount, 'new line')})`}
        </Button>
      )}
    </div>
  )
}

function HistoryWords({ place }: { place: LogPlace }): JSX.Element {
  const newer = place.newer?.value
  if (newer?.kind === 'loading') return <>Reading later lines…</>
  if (newer?.kind === 'failed')
    return (
      <>
        Later lines could not be read: {newer.problem.title}.{' '}
        <Button size="small" kind="quiet" onClick={() => void place.loadNewer()}>
          Try again
        </Button>
      </>
    )
  return (
    <>
      You look at earlier lines.<span class="log-bar-more"> New ones do not appear here.</span>
    </>
  )
}

/** As LOG_LINE_NOT_FOUND of the contract, whose whole table the page would have to load for it. */
const MISSING = {
  title: 'This line of the log is not kept any more',
  hint: 'Older lines go when the log reaches its size.',
}

function JumpWords({ jump }: { jump: Exclude<Jump, { kind: 'idle' }> }): JSX.Element {
  if (jump.kind === 'opening') return <>Looking for the line…</>
  if (jump.kind === 'named') return <>The line is marked, and the address of this page leads to it.</>
  if (jump.kind === 'silent') return <>No line has been written since {formatDateTime(jump.time)}.</>
  const { title, hint } = jump.kind === 'failed' ? jump.problem : MISSING
  return (
    <>
      <strong>{title}.</strong> {hint}
    </>
  )
}
