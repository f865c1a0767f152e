import { computed, signal } from '@preact/signals'
import type { Status } from '../../contract/schemas.ts'

/** Null until the first snapshot. */
export const status = signal<Status | null>(null)

export interface UsageSample {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly cpuPercent: number
  readonly memoryBytes: number
}

/** About twenty minutes at one sample in five seconds. */
const KEPT_SAMPLES = 240

/** CPU and memory of the running container since this page was opened, oldest first. */
export const usage = signal<readonly UsageSample[]>([])

export const isGatewayUp = computed(() => {
  const state = status.value?.gateway.state
  return state === 'running' || state === 'starting'
})

/** Takes a new status in. @param time when it came, in ms since the epoch */
export function setStatus(next: Status, time: number): void {
  const before = status.value?.gateway
  const { usage: sample, containerId, since } = next.gateway
  const isSameRun = before?.containerId === containerId && before?.since === since
  const kept = isSameRun ? usage.value : []
  usage.value = sample ? [...kept, { time, ...sample }].slice(-KEPT_SAMPLES) : kept
  status.value = next
}
