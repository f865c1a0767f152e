import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { LogLine } from '../../../contract/logs.ts'
import type { GatewayStatus } from '../../../contract/schemas.ts'
import type { GoBack } from '../../../contract/versions.ts'
import { loadLastLines } from '../../api/last-lines.ts'
import { Command } from '../../ui/command.tsx'
import { hintCommand } from '../../ui/problem-view.tsx'
import { GoBackOffer } from './go-back-offer.tsx'
import { withoutColours } from './without-colours.ts'

const SHOWN_LINES = 6

/** Why the gateway ended, as far as its last lines say it, those lines, and the way back to what it started with. */
export function Failure(props: {
  gateway: GatewayStatus
  goBack: readonly GoBack[]
  reason: string | undefined
  report: (work: Promise<void>) => void
}): JSX.Element {
  const { gateway, goBack, reason, report } = props
  const { fatal } = gateway
  const hint = fatal ? hintCommand(fatal.hint) : null
  return (
    <div class="note" data-tone="bad">
      {fatal ? (
        <>
          <p>
            <strong>{fatal.meaning}</strong>
          </p>
          <p class="mono break">{fatal.line}</p>
        </>
      ) : (
        <p>The gateway ended by itself, and its last lines do not say why.</p>
      )}
      {hint && <p>{hint.text}</p>}
      {hint?.command && <Command text={hint.command} />}
      {goBack.map((offer) => (
        <GoBackOffer key={offer.file} offer={offer} reason={reason} report={report} />
      ))}
      <LastLines since={gateway.since} />
      <p>
        <a href="/logs">Look at the log</a> · <a href="/doctor">Ask the doctor</a>
      </p>
    </div>
  )
}

/** The end of the log, read once for each end of the gateway. Where there is none, the link to the log says it all. */
function LastLines({ since }: { since: string | undefined }): JSX.Element | null {
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [failure, setFailure] = useState<string | null>(null)
  useEffect(() => {
    let isStale = false
    loadLastLines(SHOWN_LINES).then(
      (found) => {
        if (!isStale) setLines(found)
      },
      (error: unknown) => {
        if (!isStale) setFailure(error instanceof Error ? error.message : String(error))
      },
    )
    return () => {
      isStale = true
    }
  }, [since])
  if (failure !== null) return <p class="small muted">Its last lines could not be read: {failure}</p>
  if (lines.length === 0) return null
  return (
    <details open>
      <summary class="small">Its last lines</summary>
      <pre class="last-lines">{lines.map(({ text }) => withoutColours(text)).join('\n')}</pre>
    </details>
  )
}
