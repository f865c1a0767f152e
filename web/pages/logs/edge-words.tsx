import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import type { LogPlace, Older } from './log-place.ts'

/** So many pages are looked through at a click, unless a line is found before: a few seconds at most. */
const MOST_PAGES = 20

export interface EdgeProps {
  readonly place: LogPlace
  readonly isFiltered: boolean
  /** How many lines the list shows. */
  readonly count: () => number
}

/** What is said of the lines above the list, and how more of them are asked for. */
export function EdgeWords({ place, isFiltered, count }: EdgeProps): JSX.Element {
  const { isLooking, look } = useLook(place, count)
  return <Words older={place.older.value} isFiltered={isFiltered} isLooking={isLooking} onLoad={look} />
}

/** Looks through earlier lines, page by page, until one more passes the filter. */
function useLook(place: LogPlace, count: () => number): { isLooking: boolean; look: () => void } {
  const [isLooking, setLooking] = useState(false)
  const current = useRef<LogPlace | null>(place)
  current.current = place
  useEffect(
    () => () => {
      current.current = null
    },
    [],
  )
  async function lookOn(): Promise<void> {
    const before = count()
    for (let page = 0; page < MOST_PAGES && current.current === place && count() === before; page += 1) {
      await place.loadOlder()
      if (place.older.value.kind !== 'idle') return
      await drawn()
    }
  }
  return {
    isLooking,
    look: () => {
      if (isLooking) return
      setLooking(true)
      void lookOn().finally(() => setLooking(false))
    },
  }
}

/** The list takes lines in when it is drawn: in the next frame, which is over with the one after it. */
async function drawn(): Promise<void> {
  for (let frames = 0; frames < 2; frames += 1)
    await new Promise((resolve) => {
      requestAnimationFrame(resolve)
    })
}

function Words(props: {
  older: Older
  isFiltered: boolean
  isLooking: boolean
  onLoad: () => void
}): JSX.Element | null {
  const { older } = props
  if (older.kind === 'loading' || (older.kind === 'idle' && props.isLooking))
    return <span>Reading earlier lines…</span>
  if (older.kind === 'failed')
    return (
      <span class="row">
        Earlier lines could not be read: {older.problem.title}.
        <Button size="small" kind="quiet" onClick={props.onLoad}>
          Try again
        </Button>
      </span>
    )
  if (older.kind === 'end' && older.reason === 'beginning')
    return <span>{props.isFiltered ? 'No earlier lines are kept' : 'The first line that is kept'}</span>
  // A list that is as short as a filter makes it can't be scrolled.
  return older.kind === 'idle' && props.isFiltered ? (
    <Button size="small" kind="quiet" onClick={props.onLoad}>
      Look through earlier lines
    </Button>
  ) : null
}
