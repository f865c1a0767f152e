import { randomUUID } from 'node:crypto'
import type { Operation, OperationKind, OperationStep } from '../../contract/schemas.ts'
import { ConflictError, NotFoundError, PanelError, toProblem } from '../errors.ts'
import type { EventBus } from '../events.ts'
import type { Host, Watch } from '../host/host.ts'

const KEPT_OPERATIONS = 20
const KEPT_OUTPUT_LINES = 500

/** What a step says while it runs. Every text is redacted before it leaves the runner. */
export interface StepContext {
  /** What the step saw on the machine. */
  found(text: string): void
  /** What it changed; a step that never calls this counts as unchanged. */
  did(text: string): void
  /** The equivalent command for a shell. */
  command(text: string): void
  /** How far a start is; missing where nobody follows. It goes with the end of the step. */
  start?(start: NonNullable<OperationStep['start']>): void
  readonly signal: AbortSignal
  /** To hand to a host verb that takes long. */
  readonly watch: Watch
  /** Of the operation: who started it, and what it is. */
  readonly startedBy: Operation['startedBy']
  readonly kind: OperationKind
}

export interface Step {
  readonly id: string
  readonly title: string
  run(context: StepContext): Promise<void>
}

export interface OperationPlan {
  readonly kind: OperationKind
  readonly steps: readonly Step[]
}

export interface Runner {
  /**
   * Starts the plan in the background and returns its operation at once.
   * OPERATION_RUNNING when another one runs, here or in another process of the panel.
   */
  start(plan: OperationPlan, startedBy: Operation['startedBy']): Promise<Operation>
  /** Newest first. */
  list(): Operation[]
  get(id: string): Operation
  cancel(id: string): void
  runningId(): string | null
  /** Resolves when no operation runs any more; cancels the one that does. */
  close(): Promise<void>
}

interface Running {
  readonly operation: Operation
  readonly abort: AbortController
  done: Promise<void>
}

/**
 * @param redact masks secrets in every text that leaves a step
 * @param settle runs between the end of an operation and its telling, so that who hears of it finds the status current
 */
export function createRunner(
  host: Host,
  bus: EventBus,
  redact: (text: string) => string,
  settle: () => Promise<void>,
): Runner {
  const operations: Operation[] = []
  let running: Running | null = null
  let isStarting = false

  function get(id: string): Operation {
    const operation = operations.find((candidate) => candidate.id === id)
    if (!operation) throw new NotFoundError('OPERATION_NOT_FOUND', { detail: id })
    return operation
  }

  function publishStep(operation: Operation, step: OperationStep): void {
    bus.publish({ type: 'operation.step', operationId: operation.id, step: { ...step } })
  }

  async function runStep(
    operation: Operation,
    shown: OperationStep,
    step: Step,
    signal: AbortSignal,
  ): Promise<void> {
    shown.state = 'running'
    shown.startedAt = new Date().toISOString()
    publishStep(operation, shown)
    const note = (field: 'found' | 'did' | 'command') => (text: string) => {
      shown[field] = redact(text)
      publishStep(operation, shown)
    }
    const watch: Watch = {
      signal,
      onLine: (line) => {
        const output = { stepId: step.id, stream: line.stream, text: redact(line.text) }
        operation.output.push(output)
        if (operation.output.length > KEPT_OUTPUT_LINES) operation.output.shift()
        bus.publish({ type: 'operation.output', operationId: operation.id, lines: [output] })
      },
    }
    try {
      signal.throwIfAborted()
      const { startedBy, kind } = operation
      const start = (seen: NonNullable<OperationStep['start']>) => {
        const { lastLine, ...rest } = seen
        shown.start = { ...rest, ...(lastLine === undefined ? {} : { lastLine: redact(lastLine) }) }
        publishStep(operation, shown)
      }
      const notes = { found: note('found'), did: note('did'), command: note('command'), start }
      await step.run({ ...notes, signal, watch, startedBy, kind })
      shown.state = shown.did === undefined ? 'unchanged' : 'done'
    } catch (error) {
      shown.state = 'failed'
      throw error
    } finally {
      shown.finishedAt = new Date().toISOString()
      delete shown.start
      if (shown.did !== undefined) operation.changed = true
      publishStep(operation, shown)
    }
  }

  /** How it ended; told only when the status is current, so that who sees the end sees what it has brought. */
  async function runAll(
    operation: Operation,
    plan: OperationPlan,
    signal: AbortSignal,
  ): Promise<Pick<Operation, 'state' | 'problem'>> {
    try {
      for (const [index, step] of plan.steps.entries()) {
        const shown = operation.steps[index]
        if (shown) await runStep(operation, shown, step, signal)
      }
      return { state: 'succeeded' }
    } catch (error) {
      const isCancelled = signal.aborted
      const problem = toProblem(isCancelled ? new ConflictError('OPERATION_CANCELLED') : error, operation.id)
      if (problem.detail !== undefined) problem.detail = redact(problem.detail)
      if (problem.command !== undefined) problem.command = redact(problem.command)
      if (!isCancelled && !(error instanceof PanelError)) console.error(`operation ${operation.id}:`, error)
      return { state: isCancelled ? 'cancelled' : 'failed', problem }
    }
  }

  return {
    async start(plan, startedBy) {
      if (running || isStarting) {
        const kind = running ? running.operation.kind : plan.kind
        throw new ConflictError('OPERATION_RUNNING', { detail: kind })
      }
      isStarting = true
      try {
        const lock = await host.acquireLock()
        const operation: Operation = {
          id: randomUUID(),
          kind: plan.kind,
          state: 'running',
          startedAt: new Date().toISOString(),
          startedBy,
          steps: plan.steps.map(({ id, title }) => ({ id, title, state: 'pending' })),
          output: [],
          changed: false,
        }
        const abort = new AbortController()
        operations.unshift(operation)
        operations.length = Math.min(operations.length, KEPT_OPERATIONS)
        const current: Running = { operation, abort, done: Promise.resolve() }
        running = current
        bus.publish({ type: 'operation.started', operation: structuredClone(operation) })
        current.done = runAll(operation, plan, abort.signal).then(async (outcome) => {
          running = null
          await lock.release()
          await settle()
          Object.assign(operation, outcome, { finishedAt: new Date().toISOString() })
          bus.publish({ type: 'operation.finished', operation: structuredClone(operation) })
        })
        current.done.catch((error: unknown) => console.error(`operation ${operation.id}:`, error))
        return operation
      } finally {
        isStarting = false
      }
    },
    list: () => operations,
    get,
    cancel(id) {
      const operation = get(id)
      if (running?.operation.id !== operation.id)
        throw new ConflictError('OPERATION_FINISHED', { detail: id })
      running.abort.abort()
    },
    runningId: () => running?.operation.id ?? null,
    async close() {
      const current = running
      if (!current) return
      current.abort.abort()
      await current.done
    },
  }
}
