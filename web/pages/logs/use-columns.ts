import { useLayoutEffect } from 'preact/hooks'
import type { TimeMode } from './log-times.ts'

/** Keeps the number of characters in a row right while the width, the font or the time column change. */
export function useColumns(
  box: { readonly current: HTMLElement | null },
  columns: { current: number },
  options: { isWrapped: boolean; timeMode: TimeMode; redraw: () => void },
): void {
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
      if (characterPx > 0) columns.current = Math.max(10, Math.floor(roomPx / characterPx))
      options.redraw()
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [options.isWrapped, options.timeMode])
}
