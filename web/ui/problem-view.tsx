import type { ComponentChildren, JSX } from 'preact'
import type { Problem } from '../../contract/schemas.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'

/** The command inside a hint such as `Run: sudo razroom-panel setup`, which then gets a copy button. */
export function hintCommand(hint: string): { text: string; command: string | null } {
  const found = /^(.*?:)\s+((?:sudo |systemctl |npm |razroom-panel ).+)$/.exec(hint)
  return found?.[1] !== undefined && found[2] !== undefined
    ? { text: found[1], command: found[2] }
    : { text: hint, command: null }
}

/** What went wrong, and what mends it. */
export function ProblemView(props: {
  problem: Problem
  onRetry?: () => void
  onDismiss?: () => void
  children?: ComponentChildren
}): JSX.Element {
  const { problem } = props
  if (problem.code === 'SETUP_REQUIRED') return <SetUpFirst problem={problem} />
  const hint = hintCommand(problem.hint)
  return (
    <div class="note" data-tone="bad" role="alert">
      <strong>{problem.title}</strong>
      {problem.detail !== undefined && <p class="break preserve">{problem.detail}</p>}
      {problem.fields && problem.fields.length > 0 && (
        <ul class="small">
          {problem.fields.map((field) => (
            <li key={field.path}>
              <code>{field.path}</code> {field.message}
            </li>
          ))}
        </ul>
      )}
      <p>{hint.text}</p>
      {hint.command !== null && <Command text={hint.command} />}
      {problem.command !== undefined && (
        <>
          <p class="small muted">The command that failed:</p>
          <Command text={problem.command} />
        </>
      )}
      {problem.code === 'INTERNAL' && problem.instance !== undefined && (
        <p class="small muted">
          Request id: <code>{problem.instance}</code>
        </p>
      )}
      {props.children}
      {(props.onRetry || props.onDismiss) && (
        <div class="row">
          {props.onRetry && (
            <Button size="small" onClick={props.onRetry}>
              Try again
            </Button>
          )}
          {props.onDismiss && (
            <Button size="small" kind="quiet" onClick={props.onDismiss}>
              Dismiss
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** No fault of anybody: what was asked for comes with the gateway. */
function SetUpFirst({ problem }: { problem: Problem }): JSX.Element {
  const { command } = hintCommand(problem.hint)
  return (
    <div class="note" role="status">
      <p>{problem.title}.</p>
      {problem.detail !== undefined && <p class="break preserve">{problem.detail}</p>}
      <p>
        <a href="/setup">Go to the setup</a>, or run:
      </p>
      {command !== null && <Command text={command} />}
    </div>
  )
}
