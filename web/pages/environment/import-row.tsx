import '../../ui/choice.css'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { FindingList } from '../../ui/finding-list.tsx'
import { MendButton } from './mend-button.tsx'
import { mendTyped, type TypedVariable } from './mend-typed.ts'
import type { ImportItem, ImportState } from './merge-import.ts'

const STATE_WORDS: Readonly<Record<ImportState, string>> = {
  new: 'new',
  same: 'the same',
  changed: 'changed',
  unsure: 'may be changed',
}

/** One variable of an import: what there is, what would come, and whether it is taken. */
export function ImportRow(props: {
  item: ImportItem
  isTaken: boolean
  onTake: (isTaken: boolean) => void
  onMend: (mended: TypedVariable) => void
}): JSX.Element {
  const { item } = props
  const { key, state, refusal, findings, changes } = item
  const isOpen = refusal === undefined && state !== 'same'
  const isReplacing = state === 'changed' || state === 'unsure'
  return (
    <li class="import-item" data-state={refusal === undefined ? state : 'refused'}>
      <div class="row-apart">
        {isOpen && !isReplacing ? (
          <label class="check">
            <input
              type="checkbox"
              checked={props.isTaken}
              onChange={(event) => props.onTake(event.currentTarget.checked)}
            />
            <span class="mono break">{key}</span>
          </label>
        ) : (
          <span class="mono break">{key}</span>
        )}
        <span class="badge" data-tone={toneOf(item)}>
          {refusal === undefined ? STATE_WORDS[state] : 'refused'}
        </span>
      </div>
      {isOpen && isReplacing ? (
        <KeepOrReplace item={item} isTaken={props.isTaken} onTake={props.onTake} />
      ) : (
        <code class="break small">{item.theirs}</code>
      )}
      {isOpen && item.isGatewaySecret && (
        <p class="small">This would replace the token that opens your gateway.</p>
      )}
      {changes.length > 0 && <p class="small muted">Left out: {changes.join(', ')}.</p>}
      {refusal !== undefined && <p class="field-error">{refusal}</p>}
      {isOpen || findings.some(({ fix }) => fix) ? (
        <FindingList
          findings={findings}
          actions={(finding) => {
            const mended = mendTyped(key, item.value, finding.id)
            return mended && <MendButton finding={finding} where={key} onMend={() => props.onMend(mended)} />
          }}
        />
      ) : null}
    </li>
  )
}

function toneOf({ refusal, state }: ImportItem): string | undefined {
  if (refusal !== undefined) return 'bad'
  return state === 'new' ? 'accent' : state === 'same' ? undefined : 'warn'
}

function KeepOrReplace(props: {
  item: ImportItem
  isTaken: boolean
  onTake: (isTaken: boolean) => void
}): JSX.Element {
  const { key, mine, theirs } = props.item
  const name = useId()
  const option = (isTaken: boolean, words: string, text: string): JSX.Element => (
    <label class="check">
      <input
        type="radio"
        name={name}
        checked={props.isTaken === isTaken}
        onChange={() => props.onTake(isTaken)}
      />
      <span>
        {words} <code class="break small">{text}</code>
      </span>
    </label>
  )
  return (
    <fieldset class="stack-tight">
      <legend class="visually-hidden">{key}</legend>
      {option(true, 'Replace by', theirs)}
      {option(false, 'Keep', mine ?? '')}
    </fieldset>
  )
}
