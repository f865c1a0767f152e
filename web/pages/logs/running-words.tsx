import type { JSX } from 'preact'
import type { Operation } from '../../../contract/schemas.ts'
import { RUNNING_WORDS } from '../../ui/wait-reason.ts'

/** What is going on. */
export function RunningWords({ operation }: { operation: Operation }): JSX.Element {
  return <span class="small muted">{RUNNING_WORDS[operation.kind]}…</span>
}
