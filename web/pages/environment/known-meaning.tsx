import type { JSX } from 'preact'
import { findKnownVariable, type KnownVariable } from '../../../server/domain/env-catalogue.ts'
import { Icon } from '../../ui/icons.tsx'

/** What a known variable is for, below its name. */
export function KnownMeaning({ name }: { name: string }): JSX.Element | null {
  const known = findKnownVariable(name)
  if (!known || known.isPanelOwned) return null
  return <p class="small muted env-meaning">{known.purpose}</p>
}

/** Where one gets the value of a known variable. It stands behind the field, which Tab reaches first. */
export function KnownSource({ name }: { name: string }): JSX.Element | null {
  const known = findKnownVariable(name)
  return known && !known.isPanelOwned ? <VariableSource variable={known} /> : null
}

/** Where one gets a value; nothing when it is one's own to choose. */
export function VariableSource({ variable }: { variable: KnownVariable }): JSX.Element | null {
  const { source, url, service } = variable
  if (source === undefined && url === undefined) return null
  return (
    <p class="small env-meaning">
      {source !== undefined && <span class="muted">{source} </span>}
      {url !== undefined && (
        <a href={url} target="_blank" rel="noopener noreferrer" class="env-source">
          Get one from {service}
          <Icon name="open" size={13} />
          <span class="visually-hidden">(opens a new tab)</span>
        </a>
      )}
    </p>
  )
}
