import type { JSX } from 'preact'
import { status } from '../../state/status.ts'

/** What is to be known of a log that the container does not write itself. */
export function LogSource(): JSX.Element | null {
  const source = status.value?.gateway.logSource
  if (source !== 'journal' && source !== 'nowhere') return null
  return (
    <div class="note small" data-tone={source === 'nowhere' ? 'warn' : undefined} role="status">
      {source === 'journal' ? (
        <p>
          This container writes to the journal of systemd, which leaves lines out when many come at once. The
          panel records what arrives. A restart by the panel makes a container that writes a file.
        </p>
      ) : (
        <p>
          This container keeps no log: its log driver throws it away. A restart by the panel makes a container
          that writes a file.
        </p>
      )}
    </div>
  )
}
