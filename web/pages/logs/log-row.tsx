import type { JSX } from 'preact'
import { explainLine } from '../../../server/domain/fatal-lines.ts'
import type { RingLine } from './log-ring.ts'
import { parseSgr } from './sgr.ts'

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})
/** Told by the gateway of a browser that is new to it (docs/facts/razroom-gateway.md). */
const PAIRING = /pairing required/
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

/** One line. Its text goes in as text nodes only. */
export function LogRow({ line, hasTime }: { line: RingLine; hasTime: boolean }): JSX.Element {
  if (line.kind === 'gap') {
    return (
      <div class="log-row log-gap">
        <span class="log-text">Lines are missing here: {line.text}</span>
      </div>
    )
  }
  return (
    <div class="log-row" data-stream={line.kind}>
      {hasTime && <LogTime time={line.time} />}
      <span class="log-text">
        {parseSgr(line.text).map((segment, index) =>
          segment.className === '' ? (
            segment.text
          ) : (
            <span key={index} class={segment.className}>
              {segment.text}
            </span>
          ),
        )}
        {PAIRING.test(line.text) ? (
          <a class="log-link" href="/">
            Approve it on the overview
          </a>
        ) : (
          <Meaning text={line.text} />
        )}
        {line.isTruncated && <span class="badge">cut</span>}
      </span>
    </div>
  )
}

/** What a line says with which gateways end, and the way to what mends it; nothing behind any other. */
function Meaning({ text }: { text: string }): JSX.Element | null {
  const known = explainLine(text)
  if (!known) return null
  return (
    <span class="log-meaning">
      {known.meaning}{' '}
      <a href="/doctor" title={known.hint}>
        Ask the doctor
      </a>
    </span>
  )
}

function LogTime({ time }: { time: number }): JSX.Element {
  if (Number.isNaN(time)) return <span class="log-time" />
  const iso = new Date(time).toISOString()
  return (
    <time class="log-time" dateTime={iso} title={`${iso} (UTC)\n${DAY_AND_CLOCK.format(time)}`}>
      {CLOCK.format(time)}
    </time>
  )
}
