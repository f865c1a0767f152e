/**
 * Looks for text in all of a log, newest line first. The work is done by a thread of its own, which can be ended in the
 * middle of a pattern that takes for ever.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LogSearchItem, LogSearchParams } from './protocol.ts'

/** A block takes some 20 ms; a thread that says nothing for so long hangs in a pattern, */
const SILENCE_LIMIT_MS = 2_000
/** if this process has had the processor for so much of it: on a machine that is busy, or waits for its disk, it has not. */
const BUSY_SHARE = 0.5
/** Threads at a time: each may take some 70 MB. Whoever comes later waits. */
export const MAX_THREADS = 4

let running = 0
let waiting: (() => void)[] = []

/** Waits for a place among the threads, or for the signal. @returns whether it got one, which it must give back */
async function takePlace(signal: AbortSignal): Promise<boolean> {
  while (running >= MAX_THREADS && !signal.aborted) {
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  if (signal.aborted) return false
  running += 1
  return true
}

function givePlaceBack(): void {
  running -= 1
  const woken = waiting
  waiting = []
  for (const wake of woken) wake()
}

export const isSearchThread = (data: unknown): data is LogSearchParams =>
  typeof data === 'object' && data !== null && 'text' in data

/**
 * Yields hits and how far it has come, then the reason of its end.
 * @param program the file that the thread runs, which hands `workerData` to `searchInThread`
 */
export async function* searchLog(
  params: LogSearchParams,
  program: string,
  signal: AbortSignal,
): AsyncGenerator<LogSearchItem> {
  if (!(await takePlace(signal))) return
  try {
    yield* runThread(params, program, signal)
  } finally {
    givePlaceBack()
  }
}

async function* runThread(
  params: LogSearchParams,
  program: string,
  signal: AbortSignal,
): AsyncGenerator<LogSearchItem> {
  const thread = new Worker(program, {
    workerData: params,
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  })
  const end = (): void => void thread.terminate()
  signal.addEventListener('abort', end, { once: true })
  let failure: Error | null = null
  // It goes on while nobody waits for it, and an error that nobody listens for would end this process.
  thread.on('error', (error: Error) => {
    failure = error
  })
  try {
    while (!signal.aborted) {
      if (failure !== null) throw failure
      thread.postMessage('more')
      const item = await hear(thread, signal)
      if (item === null) return
      yield item
      if (item.type === 'end') return
    }
  } finally {
    signal.removeEventListener('abort', end)
    await thread.terminate()
  }
}

/** What the thread says next; `slow` when it hangs, null when nobody wants it any more. @throws its error */
async function hear(thread: Worker, signal: AbortSignal): Promise<LogSearchItem | null> {
  const before = process.cpuUsage()
  for (;;) {
    const silence = AbortSignal.timeout(SILENCE_LIMIT_MS)
    try {
      // The place among the threads is for the next one as soon as nobody wants this search any more.
      const [item] = await once(thread, 'message', { signal: AbortSignal.any([silence, signal]) })
      return item as LogSearchItem
    } catch (error) {
      if (signal.aborted) return null
      if (!silence.aborted) throw error
    }
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1_000 > BUSY_SHARE * SILENCE_LIMIT_MS) return { type: 'end', reason: 'slow' }
  }
}
