/** What the logs page knows and does: its parts get it as a whole. */
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { status } from '../../state/status.ts'
import { EDGE_PX } from './log-edge.tsx'
import { isFiltering, type LogFilters, NO_FILTERS } from './log-filters.ts'
import type { LogActions } from './log-keys.ts'
import { LogMarks } from './log-marks.ts'
import type { LogPlace } from './log-place.ts'
import { LogPlaces } from './log-places.ts'
import { LogSession } from './log-session.ts'
import { nextTimeMode, readTimeMode, rememberTimeMode, type TimeMode } from './log-times.ts'
import type { LogView } from './log-view.ts'
import { type LineAddress, useLineAddress } from './use-line-address.ts'
import { type LogToolsState, useLogTools } from './use-log-tools.ts'
import { type Drawn, NOTHING_DRAWN } from './use-tell-drawn.ts'

/** Kept while other pages are looked at: on return it goes on where it was, without reading all again. */
let kept: LogSession | null = null

/** A column of times is worth its room on wide screens only, unless it is asked for. */
const WIDE = '(min-width: 1000px)'
const COPIED_MS = 3_000

/** What the reader chose. */
export interface LogChoices {
  readonly filters: LogFilters
  readonly chooseFilters: (filters: LogFilters) => void
  readonly isWrapped: boolean
  readonly setWrapped: (isWrapped: boolean) => void
  readonly timeMode: TimeMode
  readonly chooseTimes: (mode: TimeMode) => void
  readonly isHelpOpen: boolean
  readonly setHelpOpen: (isOpen: boolean) => void
}

/** Where the reader is. */
export interface LogPosition {
  readonly places: LogPlaces
  readonly place: LogPlace
  readonly marks: LogMarks
  readonly address: LineAddress
  readonly isFollowing: boolean
  /** Stops following, or goes to the newest line and follows. */
  readonly follow: (isWanted: boolean) => void
  /** The list has been scrolled to its end, or away from it. */
  readonly onFollow: (isAtEnd: boolean) => void
  /** Brings a line into sight and marks it as the one that the reader is at. @param number null for none */
  readonly goTo: (number: number | null) => void
  readonly goToTop: () => void
  /** @param time ISO 8601 */
  readonly goToTime: (time: string) => void
}

export interface LogScreen extends LogChoices, LogPosition {
  readonly log: LogSession
  readonly tools: LogToolsState
  readonly filterField: RefObject<HTMLInputElement | null>
  readonly drawn: Signal<Drawn>
  /** Rises with what is known of the lines. */
  readonly changes: Signal<number>
  /** What the list shows. */
  readonly shown: { current: LogView | null }
  /** How many lines were copied a moment ago. */
  readonly copied: Signal<number | null>
  readonly onCopied: (count: number) => void
}

export function useLogScreen(): LogScreen {
  kept ??= new LogSession()
  const log = kept
  const isSetUp = status.value?.isSetUp
  useEffect(() => {
    log.open()
    return () => log.close()
    // Before the setup there is no log: it is asked for again at once when that has changed.
  }, [log, isSetUp])
  const choices = useLogChoices(log)
  const position = useLogPosition(log, choices)
  return {
    ...choices,
    ...position,
    ...useCopied(),
    log,
    tools: useLogTools(),
    filterField: useRef<HTMLInputElement>(null),
    drawn: useSignal<Drawn>(NOTHING_DRAWN),
    changes: useSignal(0),
    shown: useRef<LogView | null>(null),
  }
}

function useLogChoices(log: LogSession): LogChoices {
  const [filters, setFilters] = useState(log.filters)
  const [isWrapped, setWrapped] = useState(true)
  const [timeMode, setTimeMode] = useState(() => readTimeMode(matchMedia(WIDE).matches))
  const [isHelpOpen, setHelpOpen] = useState(false)
  return {
    filters,
    chooseFilters(next) {
      log.filters = next
      setFilters(next)
    },
    timeMode,
    chooseTimes(mode) {
      setTimeMode(mode)
      rememberTimeMode(mode)
    },
    ...{ isWrapped, setWrapped, isHelpOpen, setHelpOpen },
  }
}

function useLogPosition(log: LogSession, { filters, chooseFilters }: LogChoices): LogPosition {
  const [isFollowing, setFollowing] = useState(true)
  const places = useMemo(() => new LogPlaces(log, () => setFollowing(false)), [log])
  const place = places.current.value
  const marks = useMemo(() => new LogMarks(place.ring, place.index), [place])
  const address = useLineAddress((cursor) => {
    // Its neighbours are to be seen too.
    if (isFiltering(filters)) chooseFilters(NO_FILTERS)
    void places.lookAtLine(cursor)
  })
  const follow = (isWanted: boolean): void => {
    if (isWanted) {
      places.back()
      address.clear()
      // Who is at the end is at no line of before: the next step begins there.
      marks.goTo(null)
    }
    setFollowing(isWanted)
  }
  const aim = (number: number, offsetPx: number | null): void => places.aim(number, offsetPx)
  return {
    ...{ places, place, marks, address, isFollowing, follow },
    onFollow(isAtEnd) {
      // The end of an earlier stretch is not the end of the log.
      if (!places.isHistory) setFollowing(isAtEnd)
    },
    goTo(number) {
      if (number === null) return
      marks.goTo(number)
      aim(number, null)
    },
    goToTop: () => aim(place.ring.first, EDGE_PX),
    goToTime(time) {
      address.clear()
      void places.lookAtTime(time).then(() => {
        // Nothing is as late: the end is as near as it gets.
        if (places.jump.value.kind === 'silent') setFollowing(true)
      })
    },
  }
}

function useCopied(): Pick<LogScreen, 'copied' | 'onCopied'> {
  const copied = useSignal<number | null>(null)
  return {
    copied,
    onCopied(count) {
      copied.value = count
      setTimeout(() => {
        copied.value = null
      }, COPIED_MS)
    },
  }
}

/** What each key of the page does. */
export function logActions(screen: LogScreen): LogActions {
  const { log, marks, goTo, follow, filters, timeMode, isWrapped, tools } = screen
  return {
    filter: () => screen.filterField.current?.focus(),
    search: () => tools.openSearch(filters.text),
    nextMatch: () => goTo(marks.step(1)),
    previousMatch: () => goTo(marks.step(-1)),
    nextError: () => goTo(marks.stepError(1)),
    previousError: () => goTo(marks.stepError(-1)),
    follow: () => follow(true),
    top: screen.goToTop,
    pause: () => log.setPaused(!log.isPaused.value),
    times: () => screen.chooseTimes(nextTimeMode(timeMode)),
    wrap: () => screen.setWrapped(!isWrapped),
    clearFilters: () => screen.chooseFilters(NO_FILTERS),
    help: () => screen.setHelpOpen(true),
  }
}
