import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { auditLatest } from '../../state/audit.ts'
import type { LifeMark } from './marks-between.ts'

/** Entries come in groups: those of a restart are asked for once. */
const PAUSE_MS = 300
const NONE: readonly LifeMark[] = []

/** The marks, oldest first; read again when the audit log has grown. Without them the log is there all the same. */
export function useLifeMarks(): readonly LifeMark[] {
  const marks = useSignal(NONE)
  const latest = auditLatest.value
  useEffect(() => {
    let isCurrent = true
    const timer = setTimeout(() => {
      readMarks().then(
        (read) => {
          if (isCurrent) marks.value = read
        },
        // What was read before stays: the page says in its own place when the panel is away.
        () => undefined,
      )
    }, PAUSE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [latest])
  return marks.value
}

/** Fetched with what they are made from: the lines come first. */
async function readMarks(): Promise<readonly LifeMark[]> {
  const { loadGatewayLife, lifeMarksOf } = await import('./log-extras.ts')
  return lifeMarksOf(await loadGatewayLife())
}
