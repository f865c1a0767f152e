import type { JSX } from 'preact'
import { findKnownVariable, type KnownVariable } from '../../../server/domain/env-catalogue.ts'
import { Icon } from '../../ui/icons.tsx'

/** What a known variable is for, below its name; where to get one as well, while it has no value. */
export function KnownMeaning(props: { name: string; hasSource?: boolean }): JSX.Element | null {
  const known = findKnownVariable(props.name)
  if (!known || known.isPanelOwned) return null
  return (
    <>
      <p class="small muted env-meaning">{known.purpose}</p>
      {props.hasSource && <VariableSource variable={known} />}
    </>
  )
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
