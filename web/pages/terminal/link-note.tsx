import type { JSX } from 'preact'
import { ERROR_CODES } from '../../../contract/error-codes.ts'
import { Button } from '../../ui/button.tsx'
import { titleOf } from './command-words.ts'
import type { TerminalSession } from './terminal-session.ts'

/** What is between this page and the program: a lost connection, somebody else, a refusal. */
export function LinkNote({ session }: { session: TerminalSession }): JSX.Element | null {
  const busy = session.busy.value
  if (session.ended.value) return null
  const link = session.link.value
  if (link.kind === 'closed') return <Closed reason={link.reason} />
  if (link.kind === 'waiting')
    return (
      <div class="note" data-tone="warn" role="status">
        The connection is lost. The program waits for a minute; this page tries to come back.
      </div>
    )
  if (busy)
    return (
      <div class="note" data-tone="warn" role="status">
        <strong>Someone is in the {titleOf(busy.command)}</strong>
        <p>
          {busy.isAttached
            ? `Another page has it open since ${new Date(busy.startedAt).toLocaleTimeString()}.`
            : 'The page that opened it is away; it ends in a minute unless that comes back.'}
        </p>
        <div class="row">
          <Button onClick={() => session.takeOver()}>Take over</Button>
        </div>
      </div>
    )
  if (link.kind === 'connecting') return <p class="muted">Starting…</p>
  const place = session.place.value
  return (
    <p class="small muted">
      {place === 'own' ? 'In a container of its own, for the gateway does not run.' : 'Inside the gateway.'}{' '}
      Tab is the program’s; F6 leaves the terminal.
    </p>
  )
}

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  declined: ['It was not opened', 'The terminal opens after the confirmation only.'],
  takenOver: ['It goes on in another page', 'Someone has taken it over.'],
  late: ['The connection was lost for too long', 'The program has been ended meanwhile.'],
}

function Closed({ reason }: { reason: string }): JSX.Element {
  const known = reason in ERROR_CODES ? ERROR_CODES[reason as keyof typeof ERROR_CODES] : ERROR_CODES.INTERNAL
  const [title, text] = WORDS[reason] ?? [known.title, known.hint]
  return (
    <div class="note" data-tone="warn" role="alert">
      <strong>{title}</strong>
      <p>{text}</p>
    </div>
  )
}
