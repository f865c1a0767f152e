import './log-fatal.css'
import type { JSX } from 'preact'
import { status } from '../../state/status.ts'
import { Command } from '../../ui/command.tsx'
import { hintCommand } from '../../ui/problem-view.tsx'

/** Why the gateway ended, as far as the last lines of its log say it, and who helps. */
export function LogFatal(): JSX.Element | null {
  const fatal = status.value?.gateway.fatal
  if (!fatal) return null
  const hint = hintCommand(fatal.hint)
  return (
    <div class="note log-fatal" data-tone="bad" role="status">
      <p>
        <strong>{fatal.meaning}</strong>
      </p>
      <p class="mono break small">{fatal.line}</p>
      {hint && <p class="small">{hint.text}</p>}
      {hint?.command && <Command text={hint.command} />}
      <p class="small">
        <a href="/doctor">Ask the doctor</a>
      </p>
    </div>
  )
}
