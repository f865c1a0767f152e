import type { Signal } from '@preact/signals'
import type { Remote } from '../state/remote.ts'
import { toProblem } from './problem.ts'

/** Number of the last reading into each place: an answer that was overtaken by a later one is dropped. */
const turns = new WeakMap<object, number>()

/**
 * Reads into a place. What it held stays until the answer is there; a failure becomes part of the state.
 * @param read asks the panel; its failure is shown, never thrown
 */
export async function loadInto<T>(place: Signal<Remote<T>>, read: () => Promise<T>): Promise<void> {
  const turn = (turns.get(place) ?? 0) + 1
  turns.set(place, turn)
  const next = await read().then(
    (value): Remote<T> => ({ kind: 'known', value }),
    (error): Remote<T> => ({ kind: 'failed', problem: toProblem(error) }),
  )
  if (turns.get(place) === turn) place.value = next
}
