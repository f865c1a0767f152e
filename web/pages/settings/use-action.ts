import { useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { hasCode, toProblem } from '../../api/problem.ts'

export interface Action {
  readonly problem: Problem | null
  readonly isBusy: boolean
  /** Does the work. @returns true when it succeeded; what failed is kept as the problem */
  run(work: () => Promise<void>): Promise<boolean>
  /** Keeps a failure that happened elsewhere. */
  fail(error: unknown): void
  clear(): void
}

/** One thing that a card does: whether it is at it, and why it did not succeed. */
export function useAction(): Action {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  // Declining a confirmation is an answer, not a failure.
  const fail = (error: unknown): void => {
    if (!hasCode(error, 'STEP_UP_REQUIRED')) setProblem(toProblem(error))
  }
  return {
    problem,
    isBusy,
    fail,
    clear: () => setProblem(null),
    async run(work) {
      setProblem(null)
      setBusy(true)
      try {
        await work()
        return true
      } catch (error) {
        fail(error)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
