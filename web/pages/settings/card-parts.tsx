import type { ComponentChildren, JSX } from 'preact'
import type { OperationKind } from '../../../contract/schemas.ts'
import { cancelOperation } from '../../api/gateway.ts'
import { now } from '../../state/clock.ts'
import { dismissReport, reportOf } from '../../state/operation-report.ts'
import type { Remote } from '../../state/remote.ts'
import { Loading } from '../../ui/loading.tsx'
import { OperationPanel } from '../../ui/operation-panel.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { type Action, useAction } from './use-action.ts'

/** A part of the page with its own address. */
export function Section(props: { id: string; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section id={props.id} class="card stack" aria-labelledby={`${props.id}-title`} tabIndex={-1}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.children}
    </section>
  )
}

/** What the panel was asked for: shown when it is there, with a way to ask again when it is not. */
export function Loaded<T>(props: {
  remote: Remote<T>
  what: string
  onRetry: () => void
  children: (value: T) => ComponentChildren
}): JSX.Element {
  const { remote } = props
  if (remote.kind === 'loading') return <Loading what={props.what} />
  if (remote.kind === 'failed') return <ProblemView problem={remote.problem} onRetry={props.onRetry} />
  return <>{props.children(remote.value)}</>
}

/** What became of the last operation, when it is one of this card's. */
export function Report({ kinds }: { kinds: readonly OperationKind[] }): JSX.Element | null {
  const action = useAction()
  const shown = reportOf(kinds)
  if (!shown) return null
  return (
    <>
      <OperationPanel
        operation={shown}
        now={now.value}
        onCancel={() => void action.run(() => cancelOperation(shown.id))}
        onDismiss={() => dismissReport(shown.id)}
      />
      <Failed action={action} />
    </>
  )
}

/** Why the last thing that was tried did not succeed. */
export function Failed({ action }: { action: Action }): JSX.Element | null {
  return action.problem && <ProblemView problem={action.problem} onDismiss={action.clear} />
}
