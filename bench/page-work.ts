/** How long the page works without a pause, in time of the processor: a busy machine stretches frames, but not this. */
import type { Browser } from 'playwright'

/** As Chromium's trace tells it. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Time of the processor, µs. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

export interface PageWork {
  /** The longest piece of work, ms of the processor. */
  readonly longest: number
  /** All of it, ms. */
  readonly total: number
}

/** Traces all pages while something is done; the busiest of them is the one that is told of. */
export async function traceWork(browser: Browser, work: () => Promise<unknown>): Promise<PageWork> {
  const cdp = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordContinuously' },
  })
  await work()
  await cdp.send('Tracing.end')
  await complete
  await cdp.detach()
  return busiest(events)
}

function busiest(events: readonly TraceEvent[]): PageWork {
  const keyOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map((event) => keyOf(event)),
  )
  const tasks = new Map<string, number[]>()
  for (const event of events) {
    const key = keyOf(event)
    if (event.ph !== 'X' || !event.name.endsWith('RunTask') || !mains.has(key)) continue
    const ofThread = tasks.get(key) ?? []
    ofThread.push((event.tdur ?? 0) / 1_000)
    tasks.set(key, ofThread)
  }
  const sum = (all: readonly number[]): number => all.reduce((total, ms) => total + ms, 0)
  const [most = []] = [...tasks.values()].toSorted((one, other) => sum(other) - sum(one))
  return { longest: most.reduce((longest, ms) => Math.max(longest, ms), 0), total: sum(most) }
}
