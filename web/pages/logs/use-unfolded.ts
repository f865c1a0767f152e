import { useState } from 'preact/hooks'
import { toggled } from './log-filters.ts'
import type { LogPlace } from './log-place.ts'

const NONE: ReadonlySet<number> = new Set()

/** The lines whose JSON is unfolded. Numbers mean other lines in another place: there it begins with none. */
export function useUnfolded(place: LogPlace): {
  readonly numbers: ReadonlySet<number>
  readonly toggle: (number: number) => void
} {
  const [kept, setKept] = useState({ place, numbers: NONE })
  const numbers = kept.place === place ? kept.numbers : NONE
  return {
    numbers,
    toggle: (number) =>
      setKept((last) => {
        const before = last.place === place ? last.numbers : NONE
        return { place, numbers: new Set(toggled([...before], number)) }
      }),
  }
}
