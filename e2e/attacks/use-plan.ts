/** What several pages do with one panel, in rounds: the actions of a round begin at the same moment. */
import fc, { type Arbitrary } from 'fast-check'

/** Pages of root; each does one thing in a round. */
export const PAGES = 4

export const OPERATIONS = ['start', 'stop', 'restart', 'rotate'] as const
export type OperationName = (typeof OPERATIONS)[number]

export type Action =
  | { readonly what: 'log in' | 'log out' | 'reveal' | 'status' | 'reconnect' | 'cancel' }
  | {
      readonly what: 'save'
      readonly file: 'env' | 'config'
      readonly isStale: boolean
      readonly asText: boolean
    }
  | { readonly what: 'operation'; readonly name: OperationName }

export interface Round {
  /** Of each page; null for one that does nothing. */
  readonly actions: readonly (Action | null)[]
  /** Afterwards the operations are waited for, and the machine is looked at. */
  readonly isLookedAt: boolean
  /** Meanwhile another user is let in, or no longer. */
  readonly changesAccess: boolean
}

const simple = fc.constantFrom<Action>(
  { what: 'log in' },
  { what: 'log in' },
  { what: 'log out' },
  { what: 'reveal' },
  { what: 'status' },
  { what: 'reconnect' },
  { what: 'reconnect' },
  { what: 'cancel' },
)
const save: Arbitrary<Action> = fc.record({
  what: fc.constant('save' as const),
  file: fc.constantFrom('env', 'env', 'config'),
  isStale: fc.integer({ min: 0, max: 3 }).map((roll) => roll === 0),
  asText: fc.boolean(),
})
const operation: Arbitrary<Action> = fc.record({
  what: fc.constant('operation' as const),
  name: fc.constantFrom(...OPERATIONS),
})
const action = fc.oneof(
  { weight: 5, arbitrary: simple },
  { weight: 5, arbitrary: save },
  { weight: 3, arbitrary: operation },
  { weight: 2, arbitrary: fc.constant(null) },
)
const round: Arbitrary<Round> = fc.record({
  actions: fc.array(action, { minLength: PAGES, maxLength: PAGES }),
  isLookedAt: fc.integer({ min: 0, max: 3 }).map((roll) => roll === 0),
  changesAccess: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
})

/** So many rounds, the same ones for the same seed. */
export function planUse(seed: number, rounds: number): Round[] {
  return fc.sample(round, { seed, numRuns: rounds })
}
