import '../../ui/progress-bar.css'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { GatewayStatus } from '../../../contract/schemas.ts'
import { loadLastLines } from '../../api/last-lines.ts'
import { now } from '../../state/clock.ts'
import { formatDuration } from '../../ui/format.ts'
import { withoutColours } from './without-colours.ts'

const LOOK_EVERY_MS = 2_000
const LOOKED_AT_LINES = 8
/** The frame of a box does not. */
const SAYS_SOMETHING = /\p{L}/u

/**
 * A start takes from seconds to minutes: how long the last ones took here is the best measure. The bar is full when
 * that is reached; from then on nobody knows, and it says so.
 */
export function StartProgress({ gateway }: { gateway: GatewayStatus }): JSX.Element {
  const { since, usualStartMs: usual } = gateway
  const elapsed = since === undefined ? 0 : Math.max(0, now.value - Date.parse(since))
  const lastLine = useLastLine(since)
  const isLate = usual !== undefined && elapsed > usual
  return (
    <div class="stack-tight">
      {usual === undefined || isLate ? (
        <progress aria-label="Start of the gateway" />
      ) : (
        <progress aria-label="Start of the gateway" max={100} value={Math.floor((100 * elapsed) / usual)} />
      )}
      <p class="small muted">
        {formatDuration(elapsed)} so far. {comparison(usual, isLate)}
      </p>
      {lastLine !== '' && <p class="small mono start-line">{lastLine}</p>}
    </div>
  )
}

function comparison(usual: number | undefined, isLate: boolean): string {
  if (usual === undefined)
    return 'No start was timed here yet; a first one can take two to three minutes, for the gateway prepares its plugins.'
  return isLate
    ? `That is longer than the ${formatDuration(usual)} of the last starts; it may still come.`
    : `The last starts here took up to ${formatDuration(usual)}.`
}

/** What the gateway wrote last since this start; empty while that is nothing. */
function useLastLine(since: string | undefined): string {
  const [line, setLine] = useState('')
  useEffect(() => {
    let isStale = false
    const look = async (): Promise<void> => {
      // What cannot be read now may be in two seconds: the start goes on meanwhile.
      const lines = await loadLastLines(LOOKED_AT_LINES).catch(() => [])
      const startedAt = Date.parse(since ?? '')
      const last = lines.findLast(
        ({ time, text }) => Date.parse(time) >= startedAt && SAYS_SOMETHING.test(text),
      )
      if (!isStale && last) setLine(withoutColours(last.text))
    }
    void look()
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    return () => {
      isStale = true
      clearInterval(timer)
    }
  }, [since])
  return line
}
