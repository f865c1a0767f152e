import '../../ui/choice.css'
import './import.css'
import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { EnvDocument } from '../../../contract/env.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { countOf } from '../../ui/format.ts'
import type { EnvDraft } from './env-draft.ts'
import { ImportRow } from './import-row.tsx'
import { compareImport, type ImportItem } from './merge-import.ts'
import {
  type IgnoredLine,
  type ImportedVariable,
  type ImportReading,
  MAX_IMPORT_VARIABLES,
  readImport,
} from './read-import.ts'

/** What a text would bring into the file, line by line; the person takes of it what is wanted. */
export function ImportPreview(props: {
  text: string
  document: EnvDocument
  draft: EnvDraft
  onBack: () => void
  onTake: (variables: readonly ImportedVariable[]) => void
}): JSX.Element {
  const [reading, setReading] = useState<ImportReading>('dotenv')
  /** By line: mended variables; and what was ticked or not. */
  const [mended, setMended] = useState<ReadonlyMap<number, ImportedVariable>>(new Map())
  const [ticks, setTicks] = useState<ReadonlyMap<number, boolean>>(new Map())
  const read = readImport(props.text, reading)
  const variables = read.variables.map((variable) => mended.get(variable.line) ?? variable)
  const items = compareImport(variables, props.document, props.draft)
  const isTaken = (item: ImportItem): boolean =>
    item.refusal === undefined && item.state !== 'same' && (ticks.get(item.line) ?? !item.isGatewaySecret)
  const taken = items.filter(isTaken)

  return (
    <>
      <ReadingChoice
        reading={reading}
        onChange={(next) => {
          setReading(next)
          setMended(new Map())
        }}
      />
      {items.length === 0 && <p class="note">There is no variable in the text.</p>}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <section class="import-items" tabIndex={0} aria-label="Variables in the text">
          <ul>
            {items.map((item) => (
              <ImportRow
                key={item.line}
                item={item}
                isTaken={isTaken(item)}
                onTake={(isTicked) => setTicks(new Map(ticks).set(item.line, isTicked))}
                onMend={({ key, value }) => {
                  const { line, changes } = item
                  setMended(new Map(mended).set(line, { line, key, value, changes }))
                }}
              />
            ))}
          </ul>
        </section>
      )}
      <Ignored lines={read.ignored} />
      <div class="row">
        <Button onClick={props.onBack}>Back</Button>
        <Button kind="primary" reason={refusalOf(taken.length)} onClick={() => props.onTake(taken)}>
          {taken.length === 0 ? 'Take' : `Take ${countOf(taken.length, 'variable')}`}
        </Button>
        <span class="small muted">They become unsaved edits; you save them afterwards.</span>
      </div>
    </>
  )
}

function refusalOf(count: number): string | undefined {
  if (count === 0) return 'There is nothing to take'
  return count > MAX_IMPORT_VARIABLES
    ? `One save takes ${MAX_IMPORT_VARIABLES.toLocaleString('en')} variables at most`
    : undefined
}

function ReadingChoice(props: {
  reading: ImportReading
  onChange: (reading: ImportReading) => void
}): JSX.Element {
  const name = useId()
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">How the text is read</legend>
      <Choice
        name={name}
        value="dotenv"
        isChosen={props.reading === 'dotenv'}
        onChoose={() => props.onChange('dotenv')}
        title="As other programs read it"
      >
        Quotes around values, the word export and comments behind values are left out: podman would keep them.
      </Choice>
      <Choice
        name={name}
        value="podman"
        isChosen={props.reading === 'podman'}
        onChoose={() => props.onChange('podman')}
        title="As podman reads it"
      >
        Each line as it stands, with its quotes.
      </Choice>
    </fieldset>
  )
}

function Ignored({ lines }: { lines: readonly IgnoredLine[] }): JSX.Element | null {
  if (lines.length === 0) return null
  return (
    <details>
      <summary class="small muted">{countOf(lines.length, 'line')} left out</summary>
      <ul class="import-ignored small">
        {lines.map(({ line, text, reason }) => (
          <li key={line}>
            <span class="muted">
              Line {line}, {reason}:{' '}
            </span>
            <code class="break">{text}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
