import './log-rows.css'
import type { JSX } from 'preact'
import type { LogLevel } from '../../../server/domain/log-facts.ts'
import type { ExplainLine } from './explain-lines.ts'
import { lineHash } from './line-hash.ts'
import type { BlockPart } from './log-blocks.ts'
import { findJson, jsonLayout } from './log-json.ts'
import { type MarkedSegment, markSegments } from './log-marks.ts'
import type { RingLine } from './log-ring.ts'
import { describeTime, formatDay, formatMoment, formatTime, type TimeMode } from './log-times.ts'
import type { LifeMark } from './marks-between.ts'
import { parseSgr } from './sgr.ts'

/** Told by the gateway of a browser that is new to it (docs/facts/razroom-gateway.md). */
const PAIRING = /pairing required/

export interface LogRowProps {
  readonly number: number
  readonly line: RingLine
  /** The text without colours. */
  readonly plain: string
  /** Undefined while that is not known. */
  readonly level?: LogLevel | undefined
  readonly timeMode: TimeMode
  /** Milliseconds since the epoch, for times that are told from now. */
  readonly now: number
  /** The line above is of another day. */
  readonly isNewDay: boolean
  readonly block: BlockPart | null
  readonly marks: readonly LifeMark[]
  readonly marksBehind: readonly LifeMark[]
  readonly marker: RegExp | null
  /** The reader is at this line. */
  readonly isCurrent: boolean
  readonly isSelected: boolean
  readonly isUnfolded: boolean
  readonly onFold: (number: number) => void
  /** null while that is not known. */
  readonly explain: ExplainLine | null
  /** undefined where the line has no address. */
  readonly cursor?: string | undefined
  /** The line is the one of the page's address. */
  readonly isMarked?: boolean
}

/** One line. Its text goes in as text nodes only. */
export function LogRow(props: LogRowProps): JSX.Element {
  const { number, line, plain, timeMode, block, cursor, isUnfolded } = props
  if (line.kind === 'gap') {
    return (
      <div class="log-row log-gap" data-number={number} data-selected={props.isSelected || undefined}>
        <span class="log-text">Lines are missing here: {line.text}</span>
      </div>
    )
  }
  const json = findJson(plain)
  const segments = (json && isUnfolded && jsonLayout.value?.(json)) || parseSgr(line.text)
  return (
    <div
      class="log-row"
      data-number={number}
      data-stream={line.kind}
      data-level={props.level}
      data-day={props.isNewDay || undefined}
      data-life={props.marks.length > 0 || undefined}
      data-life-behind={props.marksBehind.length > 0 || undefined}
      data-block={block?.kind}
      data-edge={block ? edgeOf(block) : undefined}
      data-marked={props.isMarked || undefined}
      data-current={props.isCurrent || undefined}
      data-selected={props.isSelected || undefined}
      data-unfolded={(json && isUnfolded) || undefined}
    >
      {timeMode !== 'off' && (
        <LineLink cursor={cursor} time={<LogTime time={line.time} mode={timeMode} now={props.now} />} />
      )}
      <LifeMarks marks={props.marks} timeMode={timeMode} now={props.now} />
      {props.isNewDay && <span class="log-day">{formatDay(line.time, timeMode)}</span>}
      {json && (
        <button
          type="button"
          class="log-fold"
          aria-expanded={isUnfolded}
          aria-label={isUnfolded ? 'Fold JSON' : 'Unfold JSON'}
          onClick={() => props.onFold(number)}
        />
      )}
      <span class="log-text">
        {markSegments(segments, props.marker).map(drawRun)}
        {PAIRING.test(line.text) ? (
          <a class="log-link" href="/">
            Approve it on the overview
          </a>
        ) : (
          <Meaning text={line.text} explain={props.explain} />
        )}
        {line.isTruncated && (
          <button type="button" class="log-whole" data-whole={cursor}>
            Show whole line
          </button>
        )}
      </span>
      <LifeMarks marks={props.marksBehind} timeMode={timeMode} now={props.now} isBehind />
    </div>
  )
}

/** What became of the gateway above or below the line. */
function LifeMarks(props: {
  marks: readonly LifeMark[]
  timeMode: TimeMode
  now: number
  isBehind?: boolean
}): JSX.Element | null {
  const { timeMode, now } = props
  if (props.marks.length === 0) return null
  return (
    <span class="log-life" data-behind={props.isBehind || undefined}>
      {props.marks.map(({ time, words, tone }, index) => (
        <span key={index} data-tone={tone} title={formatMoment(time, timeMode)}>
          {index === 0 && timeMode !== 'off' && (
            <span class="log-life-time">{formatTime(time, timeMode, now)} </span>
          )}
          {words}
        </span>
      ))}
    </span>
  )
}

/** What a line says with which gateways end, and the way to what mends it; nothing behind any other. */
function Meaning(props: { text: string; explain: ExplainLine | null }): JSX.Element | null {
  const known = props.explain?.(props.text)
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

/** The time as the link to its line. Not a stop of the Tab key: there are as many as lines. */
function LineLink({ cursor, time }: { cursor: string | undefined; time: JSX.Element }): JSX.Element {
  if (cursor === undefined) return time
  return (
    <a class="log-line-link" href={lineHash(cursor)} data-line={cursor} tabIndex={-1}>
      {time}
    </a>
  )
}

function drawRun({ text, className, isMarked }: MarkedSegment, index: number): JSX.Element | string {
  const name = className === '' ? undefined : className
  if (isMarked) {
    return (
      <mark key={index} class={name}>
        {text}
      </mark>
    )
  }
  return name === undefined ? (
    text
  ) : (
    <span key={index} class={name}>
      {text}
    </span>
  )
}

function LogTime({ time, mode, now }: { time: number; mode: TimeMode; now: number }): JSX.Element {
  if (Number.isNaN(time)) return <span class="log-time" />
  return (
    <time
      class="log-time"
      dateTime={new Date(time).toISOString()}
      // Only when somebody points at it: it takes longer than the rest of the row.
      onPointerEnter={(event) => {
        event.currentTarget.title = describeTime(time)
      }}
    >
      {formatTime(time, mode, now)}
    </time>
  )
}

function edgeOf({ isFirst, isLast }: BlockPart): string {
  return isFirst ? (isLast ? 'only' : 'first') : isLast ? 'last' : 'middle'
}
