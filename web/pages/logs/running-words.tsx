import type { JSX } from 'preact'
import type { Operation } from '../../../contract/schemas.ts'
import { operationWords } from '../../ui/gateway-words.ts'

/** What is going on. */
export function RunningWords({ operation }: { operation: Operation }): JSX.Element {
  return <span class="small muted">{operationWords(operation)}…</span>
}
