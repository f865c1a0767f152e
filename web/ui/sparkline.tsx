import type { JSX } from 'preact'

const WIDTH = 240
const HEIGHT = 48
const PAD = 2

export interface Point {
  readonly time: number
  readonly value: number
}

/**
 * The points of a line through the samples, in a box of 240 x 48.
 * @param samples oldest first; two at least, else there is no line
 * @param ceiling value at the top of the box; raised to the largest sample
 */
export function sparklinePath(samples: readonly Point[], ceiling: number): string {
  const [first] = samples
  const last = samples.at(-1)
  if (!first || !last || samples.length < 2 || last.time === first.time) return ''
  const top = Math.max(ceiling, ...samples.map((sample) => sample.value))
  return samples
    .map(({ time, value }) => {
      const x = PAD + ((WIDTH - 2 * PAD) * (time - first.time)) / (last.time - first.time)
      const y = HEIGHT - PAD - ((HEIGHT - 2 * PAD) * value) / top
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
}

/** A small line of what was, with no axes: the number beside it tells what is. */
export function Sparkline(props: { samples: readonly Point[]; ceiling: number; label: string }): JSX.Element {
  const points = sparklinePath(props.samples, props.ceiling)
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      {points !== '' && (
        <>
          <polygon points={`${PAD},${HEIGHT} ${points} ${WIDTH - PAD},${HEIGHT}`} />
          <polyline points={points} />
        </>
      )}
    </svg>
  )
}
