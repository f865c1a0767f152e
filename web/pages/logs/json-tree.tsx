import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'

/** Entries that are laid out at a time: a list may have a hundred thousand. */
const ENTRIES = 200

/** A JSON object or list that unfolds level by level; what is folded is not laid out. */
export function JsonTree({ value }: { value: object }): JSX.Element {
  const [shown, setShown] = useState(ENTRIES)
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  return (
    <div class="json-tree">
      {entries.slice(0, shown).map(([name, part]) => (
        <Entry key={name} name={isList ? `${name}` : JSON.stringify(name)} value={part} />
      ))}
      {entries.length === 0 && <div class="json-leaf muted">{isList ? 'empty list' : 'empty object'}</div>}
      {entries.length > shown && (
        <Button size="small" kind="quiet" onClick={() => setShown(shown + ENTRIES)}>
          {(entries.length - shown).toLocaleString('en')} more
        </Button>
      )}
    </div>
  )
}

function Entry({ name, value }: { name: string; value: unknown }): JSX.Element {
  const isNested = typeof value === 'object' && value !== null
  // What is small is seen at once.
  const [isOpen, setOpen] = useState(() => isNested && Object.keys(value).length <= 8)
  if (!isNested)
    return (
      <div class="json-leaf">
        <span class="json-name">{name}</span>:{' '}
        <span class={typeof value === 'string' ? 'json-text' : 'json-word'}>{JSON.stringify(value)}</span>
      </div>
    )
  const count = Object.keys(value).length
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="json-name">{name}</span>{' '}
        <span class="muted">{Array.isArray(value) ? `[${count}]` : `{${count}}`}</span>
      </summary>
      {isOpen && <JsonTree value={value} />}
    </details>
  )
}
