import { Component, type JSX } from 'preact'
import type { LogHit, LogLine } from '../../../contract/logs.ts'
import { cutContext, type HitMarker } from './hit-text.ts'
import { lineHash } from './line-hash.ts'
import { describeTime, formatMoment, type TimeMode } from './log-times.ts'
import { plainText } from './sgr.ts'

interface SearchHitProps {
  readonly hit: LogHit
  readonly marker: HitMarker
  readonly timeMode: TimeMode
  /** It is the line that the list has been brought to. */
  readonly isMarked: boolean
  readonly onOpen: (cursor: string) => void
}

/** A hit among its neighbours. It is drawn once: there may be thousands, and more come all the time. */
export class SearchHit extends Component<SearchHitProps> {
  override shouldComponentUpdate(next: SearchHitProps): boolean {
    const { hit, isMarked, timeMode } = this.props
    return next.hit !== hit || next.isMarked !== isMarked || next.timeMode !== timeMode
  }

  override render(): JSX.Element {
    return <Hit {...this.props} />
  }
}

/** All text goes in as text nodes. */
function Hit({ hit, marker, timeMode, isMarked, onOpen }: SearchHitProps): JSX.Element {
  const { line } = hit
  const time = Date.parse(line.time)
  return (
    <li class="log-hit" data-marked={isMarked || undefined}>
      <p class="row-apart small">
        <time class="muted" dateTime={line.time} title={Number.isNaN(time) ? '' : describeTime(time)}>
          {formatMoment(time, timeMode)}
        </time>
        <a
          href={lineHash(line.cursor)}
          aria-current={isMarked || undefined}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            onOpen(line.cursor)
          }}
        >
          See in context
        </a>
      </p>
      <div class="log-hit-lines">
        <Context lines={hit.before} />
        <p class="log-hit-line" data-stream={line.stream}>
          {marker
            .cut(plainText(line.text))
            .map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : text))}
        </p>
        <Context lines={hit.after} />
      </div>
    </li>
  )
}

function Context({ lines }: { lines: readonly LogLine[] }): JSX.Element {
  return (
    <>
      {lines.map((line) => (
        <p key={line.cursor} class="muted">
          {cutContext(plainText(line.text))}
        </p>
      ))}
    </>
  )
}
