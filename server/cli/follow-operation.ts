import Value from 'typebox/value'
import { PanelEvent } from '../../contract/events.ts'
import type { Operation, OperationStep, OutputLine } from '../../contract/schemas.ts'
import { HostError } from '../errors.ts'
import { controlRequest, isUnreachable, otherVersionError } from './control-request.ts'
import { CONTROL_TICKET, createPauses, openSocket } from './control-socket.ts'
import { hasCode } from './problem-error.ts'

const EVENTS_PATH = '/api/events'
/** A daemon that restarts is back within seconds; one that is gone this long is reported. */
const LONGEST_SILENCE_MS = 30_000

/** What a follower is told, each change once, however often the socket broke. */
export type OperationUpdate =
  | { readonly type: 'step'; readonly step: OperationStep }
  | { readonly type: 'output'; readonly lines: readonly OutputLine[] }

export interface FollowOptions {
  /** Stops following; the operation goes on. */
  readonly signal?: AbortSignal
  /** How long the panel may be silent before DAEMON_UNREACHABLE, ms. */
  readonly longestSilenceMs?: number
}

/**
 * Follows one operation until it has ended and resolves with it; null when the signal ended the following. A broken
 * socket is opened again from the last event seen; between tries GET /api/operations/:id tells whether it has ended.
 * Errors: OPERATION_LOST after a restart of the daemon, DAEMON_UNREACHABLE.
 */
export async function followOperation(
  socketPath: string,
  id: string,
  onUpdate: (update: OperationUpdate) => void,
  options: FollowOptions = {},
): Promise<Operation | null> {
  const signal = options.signal ?? new AbortController().signal
  const longestSilenceMs = options.longestSilenceMs ?? LONGEST_SILENCE_MS
  const view = createView(id, onUpdate)
  const pauses = createPauses(signal)
  let heardAt = Date.now()
  while (!signal.aborted) {
    try {
      if (await listen(socketPath, view, signal)) pauses.reset()
      if (view.finished() !== null || signal.aborted) return view.finished()
      const now = await controlRequest(socketPath, 'GET /api/operations/:id', { params: { id } })
      heardAt = Date.now()
      // While it runs the socket goes on from the last event: taking it from here too would tell things twice.
      if (now.state !== 'running') view.absorb(now)
    } catch (error) {
      // The panel had begun it, and never forgets one that runs.
      if (hasCode(error, 'OPERATION_NOT_FOUND')) throw new HostError('OPERATION_LOST')
      if (!isUnreachable(error)) throw error
      if (Date.now() - heardAt > longestSilenceMs) throw error
    }
    const finished = view.finished()
    if (finished !== null) return finished
    await pauses.wait()
  }
  return null
}

/** One life of the events socket: ends when the operation has, when the socket breaks, or by the signal. */
async function listen(socketPath: string, view: View, signal: AbortSignal): Promise<boolean> {
  const done = new AbortController()
  let heard = false
  const since = view.lastEventId()
  await openSocket({
    socketPath,
    path: EVENTS_PATH,
    hello: { type: 'hello', ticket: CONTROL_TICKET, ...(since === null ? {} : { since }) },
    signal: AbortSignal.any([signal, done.signal]),
    onFrame: (frame) => {
      if (!Value.Check(PanelEvent, frame)) throw otherVersionError(EVENTS_PATH, 'an event of unknown form')
      heard = true
      view.apply(frame)
      // A panel that restarted meanwhile may not know it any more; a request then says so.
      if (view.finished() !== null || !view.isKnownTo(frame)) done.abort()
    },
  })
  return heard
}

interface View {
  apply(event: PanelEvent): void
  /** Takes the operation as a whole and reports what is new in it. */
  absorb(operation: Operation): void
  /** False for a snapshot without the operation. */
  isKnownTo(event: PanelEvent): boolean
  finished(): Operation | null
  lastEventId(): string | null
}

function createView(id: string, onUpdate: (update: OperationUpdate) => void): View {
  const steps = new Map<string, string>()
  let seenOutput: readonly OutputLine[] = []
  let finished: Operation | null = null
  let lastEventId: string | null = null

  const takeStep = (step: OperationStep): void => {
    const text = JSON.stringify(step)
    if (steps.get(step.id) === text) return
    steps.set(step.id, text)
    onUpdate({ type: 'step', step })
  }
  const takeOutput = (lines: readonly OutputLine[]): void => {
    if (lines.length === 0) return
    seenOutput = [...seenOutput, ...lines].slice(-MAX_KEPT_OUTPUT)
    onUpdate({ type: 'output', lines })
  }
  const absorb = (operation: Operation): void => {
    if (operation.id !== id) return
    // Output belongs between its step's start and its end.
    for (const step of operation.steps) if (step.state === 'running') takeStep(step)
    takeOutput(operation.output.slice(countOverlap(seenOutput, operation.output)))
    for (const step of operation.steps) takeStep(step)
    if (operation.state !== 'running') finished = operation
  }
  return {
    absorb,
    isKnownTo: (event) =>
      event.type !== 'snapshot' || event.operations.some((operation) => operation.id === id),
    finished: () => finished,
    lastEventId: () => lastEventId,
    apply(event) {
      lastEventId = event.id
      if (event.type === 'snapshot') for (const operation of event.operations) absorb(operation)
      else if (event.type === 'operation.started' || event.type === 'operation.finished')
        absorb(event.operation)
      else if (event.type === 'operation.step' && event.operationId === id) takeStep(event.step)
      else if (event.type === 'operation.output' && event.operationId === id) takeOutput(event.lines)
    },
  }
}

/** As many lines as an Operation carries (contract/schemas.ts): enough to find where a snapshot goes on. */
const MAX_KEPT_OUTPUT = 500

/** The largest n for which the last n lines seen are the first n lines of the snapshot. */
function countOverlap(seen: readonly OutputLine[], snapshot: readonly OutputLine[]): number {
  for (let count = Math.min(seen.length, snapshot.length); count > 0; count -= 1) {
    const start = seen.length - count
    const isSame = snapshot.slice(0, count).every((line, index) => {
      const other = seen[start + index]
      return other?.text === line.text && other.stream === line.stream && other.stepId === line.stepId
    })
    if (isSame) return count
  }
  return 0
}
