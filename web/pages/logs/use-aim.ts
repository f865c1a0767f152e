/** Bringing a line into sight, in a list of which only the lines in sight are drawn. */
import { useMemo, useRef } from 'preact/hooks'
import { EDGE_PX } from './log-edge.tsx'
import type { LogPlace } from './log-place.ts'
import type { Target } from './log-places.ts'
import type { LogRing } from './log-ring.ts'
import { LogView } from './log-view.ts'

/** Height of a row of text; the style sheet has the same. */
export const ROW_PX = 20
/** How far down the list a line is brought into sight, as a share of its height. */
const TARGET_SHARE = 0.35

/** The view of a ring; one that is come back to has not forgotten what it had looked at. */
export function useView({ ring, index }: Pick<LogPlace, 'ring' | 'index'>): LogView {
  const views = useMemo(() => new WeakMap<LogRing, LogView>(), [])
  const view = views.get(ring) ?? new LogView(ring, index)
  views.set(ring, view)
  return view
}

export interface Aim {
  /** null once the target is in sight, and while its place is not known. */
  readonly scrollTop: number | null
  readonly isPending: boolean
  /** The list has been scrolled there. @param isDone all lines have been looked at, whether one is shown or none */
  readonly reached: (isDone: boolean) => void
}

/** Where to scroll to bring the target into sight. A line that is in sight already stays where it is. */
export function useAim(
  view: LogView,
  { ring, target, isFollowing }: { ring: LogRing; target: Target | null; isFollowing: boolean },
  sight: { scrollTop: number; height: number },
): Aim {
  const done = useRef<{ target: Target | null; view: LogView }>({ target: null, view })
  const isHeld = target !== null && target.number >= ring.first && target.number < ring.end
  const isPending = isHeld && !isFollowing && done.current.target !== target
  const place = isPending ? view.placeOf(target.number) : -1
  const reached = (isDone: boolean): void => {
    if (!isPending || place !== -1 || isDone) done.current = { target, view }
  }
  if (!isPending || place === -1) return { scrollTop: null, isPending, reached }
  const rowPx = EDGE_PX + view.topOf(place) * ROW_PX
  const belowTop = rowPx - sight.scrollTop
  const isInSight =
    done.current.view === view && belowTop >= 0 && belowTop <= sight.height - ROW_PX && sight.height > 0
  const offsetPx = target.offsetPx ?? (isInSight ? belowTop : Math.round(sight.height * TARGET_SHARE))
  return { scrollTop: Math.max(0, rowPx - offsetPx), isPending, reached }
}

/** Where the list was when it was last drawn. */
interface Drawing {
  readonly view: LogView
  readonly target: Target | null
  /** The line at the top; null while the list is on its way to another. */
  readonly top: Target | null
}

/**
 * Keeps the reader's place when all lines get new heights, or others are shown: then the line at the top is the target.
 * @param isReset the view has begun anew
 * @returns the target, and a function that takes what was drawn
 */
export function useHeldTarget(
  view: LogView,
  isReset: boolean,
  { target, isFollowing }: { target: Target | null; isFollowing: boolean },
): { target: Target | null; note: (top: Target | null) => void } {
  const last = useRef<Drawing>({ view, target: null, top: null })
  const held = useRef<Target | null>(null)
  const { top } = last.current
  const isSame = last.current.view === view && last.current.target === target
  if (isFollowing || !isSame) held.current = null
  // A new object: it is a target of its own each time.
  else if (isReset && top) held.current = { ...top }
  return {
    target: held.current ?? target,
    note: (drawn) => {
      last.current = { view, target, top: drawn }
    },
  }
}
