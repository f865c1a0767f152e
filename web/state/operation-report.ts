/** Which operation is worth showing: the one that runs, and the end of the last one while it is news. */
import { computed, effect, signal } from '@preact/signals'
import type { Operation, OperationKind } from '../../contract/schemas.ts'
import { now } from './clock.ts'
import { operations, runningOperation } from './operations.ts'

/** How long the report of an operation that failed before this page was opened is still news, in ms. */
const NEWS_MS = 10 * 60_000

const dismissedId = signal<string | null>(null)
/** Operations that ran while this page was open: their end is shown until it is dismissed. */
const followedIds = new Set<string>()
effect(() => {
  if (runningOperation.value) followedIds.add(runningOperation.value.id)
})

/** The operation of these that is worth showing. @param list newest first */
export function operationToShow(
  list: readonly Operation[],
  options: { dismissed: string | null; followed: ReadonlySet<string>; now: number },
): Operation | null {
  const [latest] = list
  if (!latest) return null
  if (latest.state === 'running') return latest
  if (latest.id === options.dismissed) return null
  if (options.followed.has(latest.id)) return latest
  const age = options.now - Date.parse(latest.finishedAt ?? latest.startedAt)
  return latest.state === 'failed' && age < NEWS_MS ? latest : null
}

/** The operation that is worth showing now, of whatever kind. */
export const reportedOperation = computed(() =>
  operationToShow(operations.value, { dismissed: dismissedId.value, followed: followedIds, now: now.value }),
)

/** The same, when it is the last of all and of one of these kinds. */
export function reportOf(kinds: readonly OperationKind[]): Operation | null {
  const shown = reportedOperation.value
  return shown && kinds.includes(shown.kind) ? shown : null
}

/** Closes the report of an operation that has ended. */
export function dismissReport(id: string): void {
  dismissedId.value = id
}

/** The next session begins with its own news. */
export function forgetReports(): void {
  followedIds.clear()
  dismissedId.value = null
}
