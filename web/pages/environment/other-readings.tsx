import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { isEnvKey } from '../../../contract/rules.ts'
import {
  compareReaders,
  type Outcome,
  type VariableComparison,
} from '../../../server/domain/env-readers/compare-readers.ts'

/** Values of these characters read the same everywhere (docs/facts/env-dialects.md). */
const SAME_EVERYWHERE = /^[A-Za-z0-9!%*+,\-./:=?@[\]^_{}]*$/
const encoder = new TextEncoder()

/**
 * What each reader of `.env` would make of a line, where they do not agree. It is looked at by itself: a quote that is
 * left open on another line is another finding. Not for secrets.
 */
export function OtherReadings(props: { name: string; value: string }): JSX.Element | null {
  const { name, value } = props
  const differing = useMemo(() => findDiffering(name, value), [name, value])
  if (differing.length === 0) return null
  return (
    <details class="readings small">
      <summary class="muted">
        How others read it <span class="visually-hidden">: {name}</span>
      </summary>
      {differing.map((variable) => (
        <dl key={variable.name} aria-label={variable.name}>
          {variable.groups.map(({ readers, outcome }) => (
            <div key={readers.join()}>
              <dt class="muted">{readers.join(', ')}</dt>
              <dd>
                <Reading name={variable.name} isOwnName={variable.name === name} outcome={outcome} />
              </dd>
            </div>
          ))}
        </dl>
      ))}
    </details>
  )
}

function findDiffering(name: string, value: string): readonly VariableComparison[] {
  if (isEnvKey(name) && SAME_EVERYWHERE.test(value)) return []
  const { variables } = compareReaders(encoder.encode(`${name}=${value}\n`))
  return variables.filter(({ isSame }) => !isSame)
}

/** @param props.isOwnName false when some readers take another name out of the line, for example without `export` */
function Reading(props: { name: string; isOwnName: boolean; outcome: Outcome }): JSX.Element {
  const { outcome } = props
  switch (outcome.kind) {
    case 'value':
      if (outcome.value === '' && props.isOwnName) return <span class="muted">(empty)</span>
      return (
        <code class="break preserve">
          {props.isOwnName ? outcome.value : `${props.name}=${outcome.value ?? ''}`}
        </code>
      )
    case 'absent':
      return <span class="break">{props.isOwnName ? 'not set' : `does not set ${props.name}`}</span>
    case 'refused':
      return <span class="break">refuses the file: {outcome.reason}</span>
    case 'unknown':
    case 'not-modelled':
      return <span class="break">not known: {outcome.reason}</span>
  }
}
