import './variable-picker.css'
import type { JSX } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isEnvKey } from '../../../contract/rules.ts'
import type { KnownVariable } from '../../../server/domain/env-catalogue.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { VariableSource } from './known-meaning.tsx'
import { GROUP_WORDS, groupVariables, searchVariables } from './search-variables.ts'

export interface VariablePickerProps {
  /** Names that have a place in the file already. */
  readonly taken: ReadonlySet<string>
  /** @param name empty for a name that is still to be typed */
  readonly onPick: (name: string) => void
  readonly onClose: () => void
}

/** The first option: a name that is not in the catalogue. */
const OWN = 0

/** Known variables to choose from, or a name of one's own. Arrows move, Enter takes, Escape leaves. */
export function VariablePicker(props: VariablePickerProps): JSX.Element {
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<number | null>(null)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const found = groupVariables(searchVariables(search)).flatMap(({ variables }) => variables)
  const isWritten = search.trim() !== ''
  const active = chosen ?? (isWritten && found.length > 0 ? OWN + 1 : OWN)
  const current = active === OWN ? undefined : found[active - 1]
  useLayoutEffect(() => field.current?.focus(), [])
  useLayoutEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [active, search])

  const ownName = isEnvKey(search.trim()) ? search.trim() : ''
  const take = (index: number): void => {
    const name = index === OWN ? ownName : (found[index - 1]?.name ?? '')
    // Of a family only the beginning is known.
    props.onPick(name.replace(/\*$/, ''))
  }
  function onKeyDown(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
    const step = steps[event.key]
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault()
      take(active)
    } else if (step !== undefined) {
      event.preventDefault()
      setChosen(Math.min(found.length, Math.max(OWN, active + step)))
    }
  }

  return (
    <Dialog title="Add variable" onClose={props.onClose}>
      <input
        ref={field}
        class="input"
        role="combobox"
        aria-label="Search variables, or type a name of your own"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${active}`}
        aria-autocomplete="list"
        placeholder="Name, service or purpose"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={search}
        onInput={(event) => {
          setSearch(event.currentTarget.value)
          setChosen(null)
        }}
        onKeyDown={onKeyDown}
      />
      <div class="picker-list" role="listbox" id={`${id}-list`} aria-label="Variables">
        <Option id={`${id}-${OWN}`} isActive={active === OWN} onTake={() => take(OWN)}>
          {ownName === '' ? (
            'A name of your own'
          ) : (
            <span>
              Use the name <code class="break">{ownName}</code>
            </span>
          )}
        </Option>
        {groupVariables(found).map(({ group, variables }) => (
          // biome-ignore lint/a11y/useSemanticElements: options of a list box are grouped, not fields of a form
          <div role="group" aria-label={GROUP_WORDS[group]} key={group}>
            <p class="picker-group" aria-hidden="true">
              {GROUP_WORDS[group]}
            </p>
            {variables.map((variable) => {
              const index = found.indexOf(variable) + 1
              return (
                <Option
                  key={variable.name}
                  id={`${id}-${index}`}
                  isActive={index === active}
                  onTake={() => take(index)}
                >
                  <span class="mono break">{variable.name}</span>
                  {props.taken.has(variable.name) && <span class="badge">set</span>}
                  <span class="small muted picker-purpose">{variable.purpose}</span>
                </Option>
              )
            })}
          </div>
        ))}
      </div>
      <Details variable={current} isWritten={isWritten && found.length === 0} />
      <div class="row">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button kind="primary" onClick={() => take(active)}>
          Add
        </Button>
      </div>
    </Dialog>
  )
}

function Option(props: {
  id: string
  isActive: boolean
  onTake: () => void
  children: JSX.Element | string | (JSX.Element | false)[]
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus and names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the combobox does the same
    <div
      class="picker-option"
      role="option"
      id={props.id}
      aria-selected={props.isActive}
      onMouseDown={(event) => event.preventDefault()}
      onClick={props.onTake}
    >
      {props.children}
    </div>
  )
}

/** What is known of the active option. */
function Details(props: { variable: KnownVariable | undefined; isWritten: boolean }): JSX.Element {
  const { variable } = props
  if (!variable) {
    return (
      <div class="picker-details" aria-live="polite">
        <p class="small muted">
          {props.isWritten ? 'The gateway is not known to read such a variable. ' : ''}
          Any name is possible: letters, digits and underscores.
        </p>
      </div>
    )
  }
  const { hint, goesWith, alternatives } = variable
  return (
    <div class="picker-details" aria-live="polite">
      <p>
        <code class="break">{variable.name}</code>
      </p>
      <VariableSource variable={variable} />
      {goesWith.length > 0 && <p class="small muted break">Needs beside it: {goesWith.join(', ')}</p>}
      {alternatives.length > 0 && <p class="small muted break">Does the same: {alternatives.join(', ')}</p>}
      {hint !== undefined && <p class="small">{hint}</p>}
    </div>
  )
}
