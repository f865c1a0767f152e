import type { JSX } from 'preact'
import type { Status } from '../../../contract/schemas.ts'
import { usage } from '../../state/status.ts'
import { formatBytes, formatPercent } from '../../ui/format.ts'
import { type Point, Sparkline } from '../../ui/sparkline.tsx'

/** Below these the line stays low: an idle gateway should look idle. */
const CPU_CEILING_PERCENT = 25
const MEMORY_HEADROOM = 1.5

/** CPU and memory of the gateway since this page was opened. */
export function UsageCard({ status }: { status: Status }): JSX.Element {
  const current = status.gateway.usage
  const samples = usage.value
  const cpu = samples.map(({ time, cpuPercent }) => ({ time, value: cpuPercent }))
  const memory = samples.map(({ time, memoryBytes }) => ({ time, value: memoryBytes }))
  const first = samples[0]?.memoryBytes ?? 0
  return (
    <section class="card stack" aria-label="CPU and memory">
      <h2>CPU and memory</h2>
      {current ? (
        <>
          <Figure
            name="CPU"
            value={formatPercent(current.cpuPercent)}
            samples={cpu}
            ceiling={CPU_CEILING_PERCENT}
          />
          <Figure
            name="Memory"
            value={formatBytes(current.memoryBytes)}
            samples={memory}
            ceiling={first * MEMORY_HEADROOM}
          />
        </>
      ) : (
        <p class="muted">Nothing to measure while the gateway is not running.</p>
      )}
    </section>
  )
}

function Figure(props: {
  name: string
  value: string
  samples: readonly Point[]
  ceiling: number
}): JSX.Element {
  return (
    <div class="figure">
      <p>
        <span class="muted">{props.name}</span>
        <strong class="figure-value">{props.value}</strong>
      </p>
      <Sparkline
        samples={props.samples}
        ceiling={props.ceiling}
        label={`${props.name} since this page was opened, now ${props.value}`}
      />
    </div>
  )
}
