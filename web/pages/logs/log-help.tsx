import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { keyName, LOG_KEYS, type LogKey } from './log-keys.ts'

/** The keys of the page, and what else is not seen at once. */
export function LogHelp({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="log-help">
        {LOG_KEYS.map(({ id, keys, words }: LogKey) => (
          <div key={id}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{keyName(key)}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
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
      <div class="row">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
