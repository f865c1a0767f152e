import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { addVariable } from './env-draft.ts'
import * as editor from './env-editor.ts'
import { SUGGESTED } from './search-variables.ts'

/** A file without variables: what a gateway needs first. */
export function NoVariables(props: { onMore: () => void }): JSX.Element {
  return (
    <div class="env-empty stack">
      <div class="stack-tight">
        <p>
          <strong>No variable is set yet.</strong>
        </p>
        <p class="muted">The gateway needs the key of a model provider. Which one do you use?</p>
      </div>
      <div class="row">
        {SUGGESTED.map(({ name, service }) => (
          <Button
            key={name}
            label={`Add ${name}, the key of ${service}`}
            onClick={() => editor.edit(addVariable(editor.draft.value, name))}
          >
            {service}
          </Button>
        ))}
        <Button kind="quiet" onClick={props.onMore}>
          Another one…
        </Button>
      </div>
    </div>
  )
}
