import './density-strip.css'
import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { countOf } from '../../ui/format.ts'
import { barsPath, type Density, densityOf, lineOfPart } from './log-density.ts'
import type { LogIndex } from './log-index.ts'
import { formatMoment, type TimeMode } from './log-times.ts'

const PARTS = 160
/** Drawn again so often at most: it looks at all lines. */
const PAUSE_MS = 400

export interface DensityStripProps {
  readonly index: LogIndex
  /** Changes when the index may have. */
  readonly changes: ReadonlySignal<number>
  readonly timeMode: TimeMode
  readonly onJump: (number: number) => void
}

/**
 * Errors and warnings over the time that the lines held span; a click jumps. By keyboard the same is `e` and `E`, so
 * that to a screen reader it is a picture with its numbers.
 */
export function DensityStrip(props: DensityStripProps): JSX.Element | null {
  const { index } = props
  const density = useSlowDensity(props)
  const paths = useMemo(() => density && pathsOf(density), [density])
  if (!density || !paths) return null
  const words = (time: number): string => formatMoment(time, props.timeMode)
  const partAt = (event: MouseEvent & { currentTarget: Element }): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    return Math.min(PARTS - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * PARTS)))
  }
  const label =
    `${countOf(density.errorCount, 'error')} and ${countOf(density.warningCount, 'warning')} ` +
    `from ${words(density.from)} to ${words(density.to)}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: `e` and `E` go from error to error by keyboard
    <svg
      class="log-density"
      viewBox={`0 0 ${PARTS} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={(event) => {
        const number = lineOfPart(index, density, partAt(event))
        if (number !== null) props.onJump(number)
      }}
      onPointerMove={(event) => {
        const part = partAt(event)
        const title = event.currentTarget.querySelector('title')
        const time = density.from + (part * (density.to - density.from)) / PARTS
        const counts = [
          countOf(density.lines[part] ?? 0, 'line'),
          countOf(density.errors[part] ?? 0, 'error'),
          countOf(density.warnings[part] ?? 0, 'warning'),
        ]
        if (title) title.textContent = `${words(time)}: ${counts.join(', ')}`
      }}
    >
      <title>{label}</title>
      <path class="log-density-lines" d={paths.lines} />
      <path class="log-density-warnings" d={paths.warnings} />
      <path class="log-density-errors" d={paths.errors} />
    </svg>
  )
}

function pathsOf({ lines, warnings, errors }: Density): { lines: string; warnings: string; errors: string } {
  const most = Math.max(1, ...lines)
  const grave = warnings.map((count, part) => count + (errors[part] ?? 0))
  return { lines: barsPath(lines, most), warnings: barsPath(grave, most), errors: barsPath(errors, most) }
}

/** The density, at most so often, however fast lines come. */
function useSlowDensity({ index, changes }: DensityStripProps): Density | null {
  const density = useSignal<Density | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const seen = changes.value
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      density.value = densityOf(index, PARTS)
    }, PAUSE_MS)
  }, [seen, index])
  useEffect(() => () => clearTimeout(timer.current), [])
  return density.value
}
