import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { GatewayLife } from '../../api/gateway-life.ts'
import { auditLatest } from '../../state/audit.ts'
import type { LifeMark } from './marks-between.ts'

/** Entries come in groups: those of a restart are asked for once. */
const PAUSE_MS = 300
const NONE: readonly LifeMark[] = []

/** How they are read: fetched with what they are made from, for the lines come first. */
const reading = () => import('./log-extras.ts')

export interface LifeMarks {
  /** Oldest first. */
  readonly marks: readonly LifeMark[]
  /** Lines of that time are in sight: what became of the gateway then is read if it is not known. @param time may be NaN */
  readonly reach: (time: number) => void
}

/** The marks; read again when the audit log has grown. Without them the log is there all the same. */
export function useLifeMarks(): LifeMarks {
  const marks = useSignal(NONE)
  const life = useRef<GatewayLife | null>(null)
  const turn = useRef(Promise.resolve())
  /** Something is being read, or could not be: then not before there is something new. */
  const isHeld = useRef(false)
  const latest = auditLatest.value

  /** One after the other: each goes on from what the one before has read. */
  function read(load: (known: GatewayLife | null) => Promise<GatewayLife>): void {
    isHeld.current = true
    turn.current = turn.current
      .then(async () => {
        const { lifeMarksOf } = await reading()
        life.current = await load(life.current)
        isHeld.current = false
        marks.value = lifeMarksOf(life.current.entries)
      })
      // What was read before stays: the page says in its own place when the panel is away.
      .catch(() => undefined)
  }

  useEffect(() => {
    const timer = setTimeout(() => {
      read(async (known) => (await reading()).loadNewestLife(known))
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [latest])
  return {
    marks: marks.value,
    reach(time) {
      const known = life.current
      if (known === null || isHeld.current || !(time < known.from)) return
      read(async (last) => (await reading()).loadOlderLife(last ?? known, time))
    },
  }
}
