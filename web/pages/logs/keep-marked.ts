/** What comes below the list takes room from it, but not from the line that it speaks of. */
import { ROW_PX } from './use-aim.ts'

/**
 * Scrolls the list so far that the marked line is in sight again, when it went out of it because the list got lower.
 * @param heightPx of the list when it was last drawn
 * @returns whether it was scrolled
 */
export function keepMarked(box: HTMLElement, heightPx: number): boolean {
  if (box.clientHeight >= heightPx) return false
  const row = box.querySelector('.log-row[data-marked]')?.getBoundingClientRect()
  if (!row) return false
  const edge = box.getBoundingClientRect().top + box.clientTop
  const hiddenPx = row.bottom - edge - box.clientHeight
  // Part of its last row may have been hidden before; a line that was out of sight is none that somebody looks at.
  const wasInSight = row.bottom - edge <= heightPx + ROW_PX
  // Of a line higher than the list the beginning stays.
  const byPx = Math.min(hiddenPx, row.top - edge)
  if (!wasInSight || byPx <= 0) return false
  box.scrollTop += byPx
  return true
}
