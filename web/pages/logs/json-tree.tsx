import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { shownJson } from './json-layout.ts'

/** Entries that are laid out at a time: a list may have a hundred thousand. */
const ENTRIES = 200
/** What is small is open at once, to this depth: small things may hold each other a hundred thousand times. */
const OPEN_DEPTH = 2
/** Of a longer text its beginning stands in the tree; shown as text the line has all of it. */
const LEAF_CHARACTERS = 10_000

/** A JSON object or list that unfolds level by level; what is folded is not laid out. */
export function JsonTree({ value, depth = 0 }: { value: object; depth?: number }): JSX.Element {
  const [shown, setShown] = useState(ENTRIES)
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  return (
    <div class="json-tree">
      {entries.slice(0, shown).map(([name, part]) => (
        <Entry key={name} name={isList ? `${name}` : shownJson(name)} value={part} depth={depth} />
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

function leafText(value: unknown): string {
  if (typeof value !== 'string' || value.length <= LEAF_CHARACTERS) return shownJson(value)
  const beginning = value.slice(0, LEAF_CHARACTERS).toWellFormed()
  return `${shownJson(beginning)}… (${countOf(value.length, 'character')})`
}

function Entry({ name, value, depth }: { name: string; value: unknown; depth: number }): JSX.Element {
  const isNested = typeof value === 'object' && value !== null
  const [isOpen, setOpen] = useState(() => isNested && depth < OPEN_DEPTH && Object.keys(value).length <= 8)
  if (!isNested)
    return (
      <div class="json-leaf">
        <span class="json-name">{name}</span>:{' '}
        <span class={typeof value === 'string' ? 'json-text' : 'json-word'}>{leafText(value)}</span>
      </div>
    )
  const count = Object.keys(value).length
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="json-name">{name}</span>{' '}
        <span class="muted">{Array.isArray(value) ? `[${count}]` : `{${count}}`}</span>
      </summary>
      {isOpen && <JsonTree value={value} depth={depth + 1} />}
    </details>
  )
}
