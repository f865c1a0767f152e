import { useEffect, useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { revealLine } from '../../api/env.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import * as editor from './env-editor.ts'

/** A secret in view is hidden again after this long. */
const REVEALED_MS = 30_000

export interface Reveal {
  readonly revealed: string | null
  readonly problem: Problem | null
  reveal(): Promise<void>
  /** Takes the value out of the page again, and what was said about it. */
  hide(): void
}

/** The value in a line, shown for a while when the person asks for it. @param line from 1 */
export function useReveal(line: number): Reveal {
  const [revealed, setRevealed] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    if (revealed === null) return
    const timer = setTimeout(() => setRevealed(null), REVEALED_MS)
    return () => clearTimeout(timer)
  }, [revealed])

  async function reveal(): Promise<void> {
    setProblem(null)
    try {
      const { text, etag } = await revealLine(line)
      // The file is another by now, so this may be the value of another variable.
      if (etag !== editor.base.value?.etag) await editor.load()
      else setRevealed(text)
    } catch (error) {
      if (!hasCode(error, 'STEP_UP_REQUIRED')) setProblem(toProblem(error))
    }
  }

  function hide(): void {
    setRevealed(null)
    setProblem(null)
  }

  return { revealed, problem, reveal, hide }
}
