import './operation-panel.css'
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Operation, OperationStep, OutputLine, StepState } from '../../contract/schemas.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'
import { countOf, formatDuration } from './format.ts'
import { operationWords } from './gateway-words.ts'
import { Icon } from './icons.tsx'
import { ProblemView } from './problem-view.tsx'

const STEP_WORDS: Readonly<Record<StepState, string>> = {
  pending: 'not yet',
  running: 'running',
  done: 'done',
  unchanged: 'nothing to do',
  failed: 'failed',
}

/** A long action while it runs and after it: each step with what it found and did, and the output of its commands. */
export function OperationPanel(props: {
  operation: Operation
  /** Milliseconds since the epoch, on the machine's clock. */
  now: number
  onCancel: () => void
  onDismiss?: () => void
  children?: ComponentChildren
}): JSX.Element {
  const { operation } = props
  const isRunning = operation.state === 'running'
  const end = operation.finishedAt === undefined ? props.now : Date.parse(operation.finishedAt)
  return (
    <section class="card stack" aria-label={operationWords(operation)} data-operation={operation.state}>
      <div class="row-apart">
        <h2 aria-live="polite">{operationWords(operation)}</h2>
        <div class="row">
          <span class="muted">{formatDuration(end - Date.parse(operation.startedAt))}</span>
          {isRunning && (
            <Button size="small" onClick={props.onCancel}>
              Cancel
            </Button>
          )}
          {!isRunning && props.onDismiss && (
            <Button size="small" kind="quiet" label="Close this report" onClick={props.onDismiss}>
              <Icon name="cross" size={16} />
            </Button>
          )}
        </div>
      </div>
      {operation.state === 'succeeded' && !operation.changed && (
        <p class="muted">Everything was already as it should be. Nothing was changed.</p>
      )}
      {operation.problem && <ProblemView problem={operation.problem} />}
      <ol class="steps">
        {operation.steps.map((step) => (
          <Step key={step.id} step={step} now={props.now} />
        ))}
      </ol>
      {operation.output.length > 0 && (
        <Output lines={operation.output} isOpen={isRunning || operation.state === 'failed'} />
      )}
      {props.children}
    </section>
  )
}

function Step({ step, now }: { step: OperationStep; now: number }): JSX.Element {
  return (
    <li class="step" data-state={step.state} data-step={step.id}>
      <span class="step-mark">
        <StepMark state={step.state} />
      </span>
      <div class="step-body">
        <p class="row-apart">
          <span>
            {step.title} <span class="visually-hidden">({STEP_WORDS[step.state]})</span>
          </span>
          {step.startedAt !== undefined && step.state !== 'unchanged' && (
            <span class="small muted">
              {formatDuration(
                (step.finishedAt === undefined ? now : Date.parse(step.finishedAt)) -
                  Date.parse(step.startedAt),
              )}
            </span>
          )}
        </p>
        {step.found !== undefined && <p class="small muted break">Found: {step.found}</p>}
        {step.did !== undefined && <p class="small break">Did: {step.did}</p>}
        {step.command !== undefined && (
          <details>
            <summary>Command</summary>
            <Command text={step.command} />
          </details>
        )}
      </div>
    </li>
  )
}

function StepMark({ state }: { state: StepState }): JSX.Element {
  if (state === 'running') return <span class="spinner" />
  if (state === 'failed') return <Icon name="cross" />
  return <Icon name={state === 'pending' ? 'pending' : 'check'} />
}

/** How near to its end, in pixels, the output counts as being read at the end. */
const NEAR_END_PX = 24

function Output({ lines, isOpen }: { lines: readonly OutputLine[]; isOpen: boolean }): JSX.Element {
  const ref = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    if (ref.current && isAtEnd.current) ref.current.scrollTop = ref.current.scrollHeight
  }, [lines])
  return (
    <details class="output" open={isOpen}>
      <summary>Output ({countOf(lines.length, 'line')})</summary>
      <section
        ref={ref}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        aria-label="Output of the commands"
        onScroll={({ currentTarget: box }) => {
          isAtEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - NEAR_END_PX
        }}
      >
        <pre>{lines.map((line) => line.text).join('\n')}</pre>
      </section>
    </details>
  )
}
