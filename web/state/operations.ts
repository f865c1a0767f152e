import { computed, signal } from '@preact/signals'
import type { PanelEvent } from '../../contract/events.ts'
import type { Operation } from '../../contract/schemas.ts'

const KEPT_OPERATIONS = 20
const KEPT_OUTPUT_LINES = 1_000

/** Newest first. */
export const operations = signal<readonly Operation[]>([])

export const runningOperation = computed(
  () => operations.value.find((operation) => operation.state === 'running') ?? null,
)

/** The list after an event; the same list when the event is about something else. */
export function applyToOperations(list: readonly Operation[], event: PanelEvent): readonly Operation[] {
  switch (event.type) {
    case 'snapshot':
      return event.operations
    case 'operation.started':
    case 'operation.finished':
      return put(list, event.operation)
    case 'operation.step':
      return change(list, event.operationId, (operation) => ({
        ...operation,
        steps: operation.steps.some((step) => step.id === event.step.id)
          ? operation.steps.map((step) => (step.id === event.step.id ? event.step : step))
          : [...operation.steps, event.step],
      }))
    case 'operation.output':
      return change(list, event.operationId, (operation) => ({
        ...operation,
        output: [...operation.output, ...event.lines].slice(-KEPT_OUTPUT_LINES),
      }))
    default:
      return list
  }
}

function put(list: readonly Operation[], operation: Operation): readonly Operation[] {
  const before = list.find((other) => other.id === operation.id)
  if (!before) return [operation, ...list].slice(0, KEPT_OPERATIONS)
  // The page may have kept more of the output than the machine does.
  const output = before.output.length > operation.output.length ? before.output : operation.output
  return list.map((other) => (other === before ? { ...operation, output } : other))
}

function change(
  list: readonly Operation[],
  id: string,
  edit: (operation: Operation) => Operation,
): readonly Operation[] {
  return list.map((operation) => (operation.id === id ? edit(operation) : operation))
}
