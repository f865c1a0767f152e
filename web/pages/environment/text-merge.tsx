import '../../ui/choice.css'
import './merge.css'
import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { ChunkChoice, TextChunk } from '../../state/merge-text.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { maskLine } from './difference.ts'
import { finishTextMerge, type TextMerge, textMerge } from './env-conflict.ts'

/** Unchanged lines that are shown around what changed. */
const CONTEXT_LINES = 2

/** Two texts with changes in the same lines: what only one changed is merged, for the rest one chooses. */
export function TextMergeView({ merge }: { merge: TextMerge }): JSX.Element {
  const [choices, setChoices] = useState<ReadonlyMap<number, ChunkChoice>>(new Map())
  const open = merge.chunks.filter(
    (chunk, index) => chunk.kind === 'conflict' && choices.get(index) === undefined,
  ).length
  return (
    <section class="card stack" aria-label="Merge of the texts">
      <div class="stack-tight">
        <h2>You and the others changed the same lines</h2>
        <p class="muted">
          Everything else is merged already. Secrets are masked here, and come back in the text.
        </p>
      </div>
      <ol class="text-merge mono">
        {merge.chunks.map((chunk, index) => (
          <Chunk
            // Chunks never move: they are made once for each merge.
            key={index}
            chunk={chunk}
            choice={choices.get(index)}
            onChoose={(choice) => setChoices(new Map(choices).set(index, choice))}
          />
        ))}
      </ol>
      <div class="row">
        <Button
          kind="primary"
          reason={open > 0 ? `${countOf(open, 'choice')} to make` : undefined}
          onClick={() => finishTextMerge(choices)}
        >
          Use this text
        </Button>
        <Button
          onClick={() => {
            textMerge.value = null
          }}
        >
          Not now
        </Button>
        <span class="small muted">You look at it once more before it is saved.</span>
      </div>
    </section>
  )
}

function Chunk(props: {
  chunk: TextChunk
  choice: ChunkChoice | undefined
  onChoose: (choice: ChunkChoice) => void
}): JSX.Element {
  const { chunk } = props
  if (chunk.kind === 'conflict') return <Conflict {...props} chunk={chunk} />
  if (chunk.kind === 'same') {
    const { lines } = chunk
    const isLong = lines.length > 2 * CONTEXT_LINES + 1
    return (
      <li>
        <Lines sign=" " lines={isLong ? lines.slice(0, CONTEXT_LINES) : lines} />
        {isLong && <p class="muted">… {countOf(lines.length - 2 * CONTEXT_LINES, 'line')}</p>}
        {isLong && <Lines sign=" " lines={lines.slice(-CONTEXT_LINES)} />}
      </li>
    )
  }
  const words = { mine: 'Yours', theirs: 'Theirs', both: 'Both did the same' }[chunk.kind]
  return (
    <li data-kind={chunk.kind}>
      <p class="small muted">{words}, merged</p>
      <Lines sign="-" lines={chunk.before} />
      <Lines sign="+" lines={chunk.lines} />
    </li>
  )
}

function Conflict(props: {
  chunk: Extract<TextChunk, { kind: 'conflict' }>
  choice: ChunkChoice | undefined
  onChoose: (choice: ChunkChoice) => void
}): JSX.Element {
  const { chunk, choice } = props
  const name = useId()
  const option = (value: ChunkChoice, words: string): JSX.Element => (
    <label class="check">
      <input type="radio" name={name} checked={choice === value} onChange={() => props.onChoose(value)} />
      <span>{words}</span>
    </label>
  )
  return (
    <li data-kind="conflict">
      <fieldset class="stack-tight">
        <legend class="small muted">Both changed {chunk.before.length === 0 ? 'this place' : 'this'}</legend>
        <Lines sign="-" lines={chunk.before} />
        {option('mine', 'Yours')}
        <Lines sign="+" lines={chunk.mine} />
        {option('theirs', 'Theirs')}
        <Lines sign="+" lines={chunk.theirs} />
        {option('both', 'Both: theirs, and yours below')}
      </fieldset>
    </li>
  )
}

const SIGN_WORDS = { '+': 'added: ', '-': 'removed: ', ' ': '' } as const

function Lines(props: { sign: '+' | '-' | ' '; lines: readonly string[] }): JSX.Element {
  if (props.sign === '+' && props.lines.length === 0) return <p class="muted">(no line)</p>
  return (
    <>
      {props.lines.map((line, index) => (
        <p key={index} data-sign={props.sign} class="break preserve">
          <span aria-hidden="true">{props.sign} </span>
          <span class="visually-hidden">{SIGN_WORDS[props.sign]}</span>
          {maskLine(line.replace(/\r?\n$/, ''))}
        </p>
      ))}
    </>
  )
}
