import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { loadConnections } from '../../api/connections.ts'
import { configLatestEtag } from '../../state/config.ts'
import { connections } from '../../state/connections.ts'
import { envLatestEtag } from '../../state/env.ts'
import { knownValue } from '../../state/remote.ts'
import { token } from '../../state/token.ts'
import { Button } from '../../ui/button.tsx'
import { LinkButton } from '../../ui/link-button.tsx'

const KEY = 'razroom-panel.connect-hint'
const DISMISSED = 'dismissed'

const isDismissed = signal(readDismissed())

/** What a gateway without a provider's key needs next; nothing where there is one, or nobody wants to hear of it. */
export function ConnectHint(): JSX.Element | null {
  // The token is read from the same two files: where they can't be read, its card says so.
  const canRead = token.value.kind === 'known' && !isDismissed.value
  const etags = `${envLatestEtag.value} ${configLatestEtag.value}`
  useEffect(() => {
    if (canRead) void loadConnections()
  }, [canRead, etags])
  const known = knownValue(connections.value)
  if (!canRead || !known || known.hasProvider) return null
  return (
    <section class="note" aria-label="No model is connected">
      <h2>No model is connected yet</h2>
      <p>
        The gateway has no key of a model provider. Give it one, choose a model, and add channels if you like.
      </p>
      <div class="row">
        <LinkButton kind="primary" href="/connect">
          Connect a model
        </LinkButton>
        <Button kind="quiet" onClick={dismiss}>
          Do not show this again
        </Button>
      </div>
    </section>
  )
}

function dismiss(): void {
  isDismissed.value = true
  try {
    localStorage.setItem(KEY, DISMISSED)
  } catch {
    // Storage may be denied to the page: then it is dismissed as long as the page is open.
  }
}

function readDismissed(): boolean {
  try {
    return localStorage.getItem(KEY) === DISMISSED
  } catch {
    // As above: no storage, nothing dismissed.
    return false
  }
}
