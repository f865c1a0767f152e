import { useLayoutEffect, useRef } from 'preact/hooks'
import type { TimeMode } from './log-times.ts'

export interface Measured {
  /** Characters in a row. */
  readonly columns: number
  /** Width of the list that this was measured at. */
  readonly widthPx: number
}

/** Keeps the number of characters in a row right while the width, the font or the time column change. */
export function useColumns(
  box: { readonly current: HTMLElement | null },
  options: { isWrapped: boolean; timeMode: TimeMode; redraw: () => void },
): { readonly current: Measured } {
  const measured = useRef<Measured>({ columns: 80, widthPx: 0 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = (): void => {
      const probe = document.createElement('div')
      probe.className = 'log-row log-probe'
      const text = document.createElement('span')
      text.className = 'log-text'
      text.textContent = '0'.repeat(100)
      if (options.timeMode !== 'off') {
        const time = document.createElement('span')
        time.className = 'log-time'
        probe.append(time)
      }
      probe.append(text)
      element.append(probe)
      const characterPx = text.scrollWidth / 100
      const before = text.getBoundingClientRect().left - probe.getBoundingClientRect().left
      const behind = Number.parseFloat(getComputedStyle(probe).paddingRight)
      const roomPx = probe.clientWidth - before - behind
      probe.remove()
      const columns =
        characterPx > 0 ? Math.max(10, Math.floor(roomPx / characterPx)) : measured.current.columns
      measured.current = { columns, widthPx: element.clientWidth }
      options.redraw()
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [options.isWrapped, options.timeMode])
  return measured
}
