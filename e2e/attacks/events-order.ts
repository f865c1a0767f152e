/** What must hold of everything that the events said, over all connections. */
import type { Operation } from '../../contract/schemas.ts'
import type { EventsConnection } from './pages.ts'

const numberOf = (id: string): number => Number(id.split(':')[1])

/** Each event once and in order: no number is left out, and none comes twice, also across a reconnect. */
export function orderFaults(connections: readonly EventsConnection[]): string[] {
  const said = new Map<string, string>()
  return connections.flatMap(({ events, since }, at) => {
    const faults: string[] = []
    let last = since === null ? null : numberOf(since)
    for (const { event, text } of events) {
      const number = numberOf(event.id)
      if (event.type === 'snapshot') {
        if (last !== null) faults.push(`connection ${at}: a snapshot after ${last}`)
      } else {
        if (last !== null && number !== last + 1) faults.push(`connection ${at}: ${number} after ${last}`)
        if ((said.get(event.id) ?? text) !== text)
          faults.push(`connection ${at}: ${event.id} says something else`)
        said.set(event.id, text)
      }
      last = number
    }
    return faults
  })
}

/**
 * Each operation that was accepted began once and ended once, with an outcome, and no other did; one at a time.
 * @param accepted ids that were answered with 202
 * @param listener a connection that was there all the time
 */
export function operationFaults(accepted: readonly string[], { events }: EventsConnection): string[] {
  const faults: string[] = []
  const begun: string[] = []
  const ended = new Map<string, Operation>()
  let running: string | null = null
  for (const { event } of events) {
    if (event.type === 'operation.started') {
      begun.push(event.operation.id)
      running = event.operation.id
    }
    if (event.type === 'operation.step' && event.operationId !== running)
      faults.push(`a step of ${event.operationId} while ${running} runs`)
    if (event.type === 'operation.finished') {
      const { operation } = event
      if (ended.has(operation.id)) faults.push(`${operation.kind} ended twice`)
      ended.set(operation.id, operation)
      const isPlain = operation.state === 'succeeded' && operation.problem === undefined
      const isTold = operation.state === 'cancelled' && operation.problem?.code === 'OPERATION_CANCELLED'
      if (!isPlain && !isTold)
        faults.push(`${operation.kind} ${operation.state}: ${JSON.stringify(operation.problem)}`)
    }
  }
  const sorted = (ids: Iterable<string>): string => [...ids].sort().join()
  if (sorted(begun) !== sorted(accepted)) faults.push(`accepted: ${accepted.join()}; begun: ${begun.join()}`)
  if (sorted(ended.keys()) !== sorted(accepted))
    faults.push(`accepted: ${accepted.join()}; ended: ${[...ended.keys()].join()}`)
  return faults
}

/** The operation as it ended; undefined while it runs. */
export function endOf(
  { events }: EventsConnection,
  id: string,
): { operation: Operation; at: number } | undefined {
  for (const { event, at } of events)
    if (event.type === 'operation.finished' && event.operation.id === id)
      return { operation: event.operation, at }
  return undefined
}
