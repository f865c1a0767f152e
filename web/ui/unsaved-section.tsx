import type { ComponentChildren, JSX } from 'preact'
import type { DifferenceLine } from '../../contract/versions.ts'
import { Button } from './button.tsx'
import { Difference } from './difference.tsx'
import { countOf } from './format.ts'

const ID = 'unsaved-changes'

/** Leads to what saving would change, from far above it. */
export function showUnsaved(): void {
  const section = document.getElementById(ID)
  section?.scrollIntoView({ block: 'end' })
  section?.focus({ preventScroll: true })
}

/** What saving would change, and the buttons that do it or forget it. One of a page. */
export function UnsavedSection(props: {
  /** Secrets masked. */
  lines: readonly DifferenceLine[]
  isBusy: boolean
  /** Why it can't be saved now. */
  reason: string | undefined
  onSave: () => void
  onDiscard: () => void
  /** Problems, above the buttons. */
  children?: ComponentChildren
}): JSX.Element {
  const count = props.lines.filter(({ sign }) => sign === '+' || sign === '-').length
  return (
    <section id={ID} tabIndex={-1} class="card stack unsaved" aria-label="Unsaved changes">
      <div class="row-apart">
        <h2>Unsaved changes</h2>
        <span class="muted">{countOf(count, 'line')}</span>
      </div>
      <Difference lines={props.lines} />
      {props.children}
      <div class="row">
        <Button kind="primary" isBusy={props.isBusy} reason={props.reason} onClick={props.onSave}>
          Save
        </Button>
        <Button onClick={props.onDiscard}>Discard</Button>
      </div>
    </section>
  )
}
