import '../../ui/choice.css'
import './merge.css'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import * as conflict from './env-conflict.ts'
import * as editor from './env-editor.ts'
import type { MergeRow, Side } from './merge-table.ts'

const NOTE_ID = 'env-conflict'

/** Brings the note into view, for those who are further down the page. */
export function showConflict(): void {
  const note = document.getElementById(NOTE_ID)
  note?.scrollIntoView?.({ block: 'start' })
  note?.querySelector<HTMLElement>('input, button')?.focus({ preventScroll: true })
}

/** Another hand has changed the file while there are edits here: both sides, and the way to bring them together. */
export function ConflictNote(): JSX.Element | null {
  if (!editor.theirs.value || conflict.textMerge.value) return null
  const rows = conflict.rows.value
  const isText = editor.isTextDirty.value
  return (
    <div class="note" data-tone="warn" id={NOTE_ID}>
      <div role="alert">
        <strong>The file was changed meanwhile, on the machine or in another page</strong>
        <p>Your edits are still here. They can go onto the file as it is now, and you save after a look.</p>
      </div>
      {isText && <p>The texts are merged line by line; where both changed the same lines, you choose.</p>}
      {rows.length > 0 && <MergeTable rows={rows} />}
      <div class="row">
        <Button size="small" onClick={() => void conflict.loadTheirsKeepEdits()}>
          Load theirs, keep my edits
        </Button>
      </div>
    </div>
  )
}

function MergeTable({ rows }: { rows: readonly MergeRow[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="merge" tabIndex={0} aria-label="Both sides">
      <table>
        <caption class="visually-hidden">What the others changed, and what you did</caption>
        <thead>
          <tr>
            <th scope="col">Before</th>
            <th scope="col">Theirs</th>
            <th scope="col">Yours</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.place} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ row }: { row: MergeRow }): JSX.Element {
  const name = useId()
  const choice = conflict.rowChoices.value.get(row.place) ?? 'mine'
  const winner = row.outcome === 'conflict' ? choice : row.outcome
  const cell = (side: Side, text: string | null): JSX.Element => (
    <td
      data-label={side === 'mine' ? 'Yours' : 'Theirs'}
      data-empty={text === null || undefined}
      data-wins={winner === side || winner === 'both' || undefined}
    >
      {row.outcome === 'conflict' ? (
        <label class="check">
          <input
            type="radio"
            name={name}
            checked={choice === side}
            aria-label={`${row.name}: take ${side === 'mine' ? 'yours' : 'theirs'}`}
            onChange={() => conflict.chooseRow(row.place, side)}
          />
          <Line text={text} />
        </label>
      ) : (
        <Line text={text} />
      )}
      {side === 'theirs' && row.isUnsure && (
        <p class="small muted">It is as long as before, but may be another.</p>
      )}
    </td>
  )
  return (
    <tr aria-label={row.name} data-outcome={row.outcome}>
      <td data-label="Before" data-empty={row.base === null || undefined}>
        <Line text={row.base} />
      </td>
      {cell('theirs', row.theirs)}
      {cell('mine', row.mine)}
    </tr>
  )
}

function Line({ text }: { text: string | null }): JSX.Element {
  return text === null ? <span class="muted">not there</span> : <code class="break preserve">{text}</code>
}
