import './log-help.css'
import type { JSX } from 'preact'
import { containerLine } from '../../state/as-user.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { LOG_KEYS, type LogKey, type LogKeyId } from './log-keys.ts'

const WORDS: Readonly<Record<LogKeyId, string>> = {
  filter: 'To the filter; Escape there empties it',
  search: 'Search in all of the log, with the text of the filter',
  nextMatch: 'Next line with the text of the filter',
  previousMatch: 'Previous line with it',
  nextError: 'Next error',
  previousError: 'Previous error',
  follow: 'To the newest line, and follow',
  top: 'To the oldest line that is here',
  pause: 'Pause, and go on',
  times: 'Times: local, UTC, age, none',
  wrap: 'Wrap long lines, or not',
  clearFilters: 'Clear all filters',
  help: 'These keys',
}

/** The key as it is printed on it. */
export function keyName(key: string): string {
  return key === ' ' ? 'Space' : key
}

/**
 * What a shell has for the log. A unit makes its container anew at each start, and podman follows
 * one container alone.
 */
function shellCommands(): (readonly [string, string])[] {
  const gateway = status.value?.gateway
  const own = [
    ['Follow', 'sudo razroom-panel logs -f'],
    ['Errors of the last hour', 'sudo razroom-panel logs --since 1h --grep error -i'],
  ] as const
  if (gateway?.mode !== 'container') return [...own]
  return [...own, ['By podman', containerLine(['logs', '-f', gateway.containerName])]]
}

/** The keys of the page, and what else is not seen at once. */
export function LogHelp({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="log-help">
        {LOG_KEYS.map(({ id, keys }: LogKey & { readonly id: LogKeyId }) => (
          <div key={id}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{keyName(key)}</kbd>
              ))}
            </dt>
            <dd>{WORDS[id]}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Ctrl</kbd>
            <kbd>A</kbd>
          </dt>
          <dd>In the list: select all lines that are shown, also those out of sight</dd>
        </div>
      </dl>
      <p class="small muted">
        Scrolling up stops following; at the end it goes on. What is copied is plain text, with times where
        they are shown.
      </p>
      <EquivalentCommands commands={shellCommands()} />
      <div class="row">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
