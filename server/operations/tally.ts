/** Counts what comes too often to be told one by one. */

export interface TallyOptions {
  readonly windowMs: number
  /** So many of a key are told one by one in a window. */
  readonly each: number
  /** Keys that are counted apart in a window; whoever comes after shares one. */
  readonly maxKeys: number
}

/** What a key had beyond those that were told one by one: how many, by reason, and the first of them. */
export interface TallySum<T> {
  readonly first: T
  readonly count: number
  readonly reasons: ReadonlyMap<string, number>
  /** The key stands for many that came when too many were counted already. */
  readonly isRest: boolean
}

export interface Tally<T> {
  /** True when this one is to be told by itself; else it is counted, and told with its like when the window closes. */
  take(key: string, reason: string, item: T): boolean
  /** Closes every window now. */
  close(): void
}

interface Window<T> {
  told: number
  first: T | undefined
  count: number
  readonly reasons: Map<string, number>
  readonly timer: NodeJS.Timeout
}

const REST = '\0rest'

/** @param onSum is told of each window that had more than was told one by one */
export function createTally<T>(options: TallyOptions, onSum: (sum: TallySum<T>) => void): Tally<T> {
  const windows = new Map<string, Window<T>>()

  function shut(key: string): void {
    const window = windows.get(key)
    windows.delete(key)
    clearTimeout(window?.timer)
    if (window?.first === undefined) return
    const { first, count, reasons } = window
    onSum({ first, count, reasons, isRest: key === REST })
  }

  function open(key: string): Window<T> {
    const timer = setTimeout(() => shut(key), options.windowMs)
    timer.unref()
    const window: Window<T> = { told: 0, first: undefined, count: 0, reasons: new Map(), timer }
    windows.set(key, window)
    return window
  }

  return {
    take(key, reason, item) {
      const isKnown = windows.has(key) || windows.size < options.maxKeys
      const own = isKnown ? key : REST
      const window = windows.get(own) ?? open(own)
      if (window.told < options.each) {
        window.told += 1
        return true
      }
      window.first ??= item
      window.count += 1
      window.reasons.set(reason, (window.reasons.get(reason) ?? 0) + 1)
      return false
    },
    close() {
      for (const key of [...windows.keys()]) shut(key)
    },
  }
}
