import type { StepContext } from './runner.ts'

/**
 * For steps of a way back: they go to their end, also when the operation was cancelled, and what they say of themselves
 * is not what it did. Their output is shown.
 */
export function calmContext(context: StepContext): StepContext {
  return {
    ...context,
    found: () => undefined,
    did: () => undefined,
    command: () => undefined,
    signal: new AbortController().signal,
    watch: context.watch.onLine ? { onLine: context.watch.onLine } : {},
  }
}
