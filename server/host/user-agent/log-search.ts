/**
 * Looks for text in all of a log, newest line first. The work is done by a thread of its own, which can be ended in the
 * middle of a pattern that takes for ever.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LogSearchItem, LogSearchParams } from './protocol.ts'

/** A block takes some 20 ms; a thread that says nothing for so long hangs in a pattern. */
const SILENCE_LIMIT_MS = 2_000

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
  const thread = new Worker(program, {
    workerData: params,
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  })
  const end = (): void => void thread.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    while (!signal.aborted) {
      const silence = AbortSignal.timeout(SILENCE_LIMIT_MS)
      const told = once(thread, 'message', { signal: silence })
      thread.postMessage('more')
      let item: LogSearchItem
      try {
        ;[item] = (await told) as [LogSearchItem]
      } catch (error) {
        if (!silence.aborted) throw error
        yield { type: 'end', reason: 'slow' }
        return
      }
      yield item
      if (item.type === 'end') return
    }
  } finally {
    signal.removeEventListener('abort', end)
    await thread.terminate()
  }
}
