import type { JSX } from 'preact'
import { lineHash } from './line-hash.ts'
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
export function LogRow(props: {
  line: RingLine
  hasTime: boolean
  cursor?: string | undefined
  isMarked?: boolean
}): JSX.Element {
  const { line, hasTime, cursor } = props
  if (line.kind === 'gap') {
    return (
      <div class="log-row log-gap">
        <span class="log-text">Lines are missing here: {line.text}</span>
      </div>
    )
  }
  return (
    <div class="log-row" data-stream={line.kind} data-marked={props.isMarked || undefined}>
      {hasTime && <LineLink cursor={cursor} time={<LogTime time={line.time} />} />}
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
        {PAIRING.test(line.text) && (
          <a class="log-link" href="/">
            Approve it on the overview
          </a>
        )}
        {line.isTruncated && (
          <button type="button" class="log-whole" data-whole={cursor}>
            Show whole line
          </button>
        )}
      </span>
    </div>
  )
}

/** The time as the link to its line. Not a stop of the Tab key: there are as many as lines. */
function LineLink({ cursor, time }: { cursor: string | undefined; time: JSX.Element }): JSX.Element {
  if (cursor === undefined) return time
  return (
    <a class="log-line-link" href={lineHash(cursor)} data-line={cursor} tabIndex={-1}>
      {time}
    </a>
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
