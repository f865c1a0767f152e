import type { JSX } from 'preact'
import { reconnectNow } from './api/events.ts'
import { now } from './state/clock.ts'
import { connection } from './state/connection.ts'
import { Button } from './ui/button.tsx'

/** Says calmly that what is shown may be old. Nothing is taken away meanwhile. */
export function ConnectionBanner(): JSX.Element | null {
  const state = connection.value
  if (state.kind !== 'waiting') return null
  // Reading the clock keeps the countdown going; the wait itself runs on the browser's clock.
  const seconds = now.value > 0 ? Math.ceil((state.retryAt - Date.now()) / 1_000) : 0
  const when = seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again…'
  return (
    <div class="connection" data-connection="lost">
      <p aria-live="polite">
        {state.reason === 'tooMany'
          ? 'Too many pages of the panel are open. Close some of them.'
          : 'The connection to the panel is lost. What you see may be old.'}{' '}
        <span aria-hidden="true" class="muted">
          {when}
        </span>
      </p>
      <Button size="small" onClick={reconnectNow}>
        Try now
      </Button>
    </div>
  )
}
