import './terminal.css'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TerminalCommand } from '../../../contract/terminal.ts'
import { status } from '../../state/status.ts'
import { COMMANDS } from './command-words.ts'
import { forgetPlace, readPlace } from './kept-place.ts'
import { TerminalSession } from './terminal-session.ts'
import { TerminalView } from './terminal-view.tsx'

/** The onboarding wizard and other commands of the gateway, in a real terminal. */
export function TerminalPage(): JSX.Element {
  const [session, setSession] = useState<TerminalSession | null>(() => {
    const kept = readPlace()
    return kept && new TerminalSession(kept.command, kept)
  })
  return (
    <div class="page terminal-page">
      <div class="page-head">
        <h1>Terminal</h1>
        {!session && (
          <p class="muted">
            Commands of the gateway that ask questions or draw as they go. They run as the gateway’s user, in
            its container; this is no shell.
          </p>
        )}
      </div>
      {session ? (
        <TerminalView
          session={session}
          onLeave={() => {
            forgetPlace()
            setSession(null)
          }}
        />
      ) : (
        <Commands onChoose={(command) => setSession(new TerminalSession(command))} />
      )}
    </div>
  )
}

function Commands(props: { onChoose: (command: TerminalCommand) => void }): JSX.Element {
  if (status.value?.isSetUp === false)
    return (
      <div class="note">
        There is no gateway yet: <a href="/setup">set it up</a> first.
      </div>
    )
  return (
    <ul class="terminal-commands">
      {COMMANDS.map(({ command, title, about, typed }) => (
        <li key={command}>
          <button type="button" class="card terminal-command" onClick={() => props.onChoose(command)}>
            <strong>{title}</strong>
            <span class="muted">{about}</span>
            <code class="small muted">{typed}</code>
          </button>
        </li>
      ))}
    </ul>
  )
}
