/** What is measured inside the page: when a line is painted, and how long the page stood still. */
import type { CDPSession, Page } from 'playwright'

/** Frames in a stretch of time, ms between each and the one before. */
export interface FrameGaps {
  readonly worst: number
  readonly count: number
}

export interface Heap {
  /** Of scripts, and of the bytes that they hold outside of their heap. */
  readonly megabytes: number
}

interface Probe {
  /** Time of the last click on a link, ms since the page began. */
  clickedAt: number
  gaps: number[]
}

declare global {
  var benchProbe: Probe
}

/** Has every document of the page count its frames. Call it before the page is opened. */
export async function installProbe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = { clickedAt: Number.NaN, gaps: [] }
    globalThis.benchProbe = probe
    document.addEventListener(
      'click',
      ({ timeStamp }) => {
        probe.clickedAt = timeStamp
        probe.gaps = []
      },
      true,
    )
    let last = performance.now()
    const frame = (now: number): void => {
      probe.gaps.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

/** Waits until a row with this text has been painted. @returns ms since the click */
export function untilPainted(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const rows = Array.from(document.querySelectorAll('.log-rows > [data-number]')).slice(-5)
          if (!rows.some(({ textContent }) => textContent.includes(wanted))) {
            requestAnimationFrame(look)
            return
          }
          // This frame draws it; when the next one begins, it is on the screen.
          requestAnimationFrame(() => resolve(performance.now() - globalThis.benchProbe.clickedAt))
        }
        look()
      }),
    text,
  )
}

/** The frames since the last call, or since the click. */
export async function takeGaps(page: Page): Promise<FrameGaps> {
  const gaps = await page.evaluate(() => globalThis.benchProbe.gaps.splice(0))
  return { worst: Math.max(...gaps), count: gaps.length }
}

/** What the page holds once the garbage is collected. */
export async function readHeap(cdp: CDPSession): Promise<Heap> {
  await cdp.send('HeapProfiler.collectGarbage')
  const usage = await cdp.send('Runtime.getHeapUsage')
  const { usedSize, backingStorageSize = 0 } = usage as typeof usage & { backingStorageSize?: number }
  return { megabytes: (usedSize + backingStorageSize) / 1_048_576 }
}
