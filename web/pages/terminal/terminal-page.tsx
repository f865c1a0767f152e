import './terminal.css'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { TerminalCommand } from '../../../contract/terminal.ts'
import { loadTerminalState } from '../../api/terminal-state.ts'
import { containerLine } from '../../state/as-user.ts'
import { now } from '../../state/clock.ts'
import { knownValue } from '../../state/remote.ts'
import { status } from '../../state/status.ts'
import { terminalState } from '../../state/terminal.ts'
import { EquivalentCommands } from '../../ui/command.tsx'
import { formatDuration } from '../../ui/format.ts'
import { COMMANDS, titleOf } from './command-words.ts'
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
            its container; this is no shell. For a key, a model or a channel there is also{' '}
            <a href="/connect">a form</a>.
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
        <>
          <Occupant />
          <Commands onChoose={(command) => setSession(new TerminalSession(command))} />
        </>
      )}
    </div>
  )
}

/** Said before somebody opens it: there is one terminal only. */
function Occupant(): JSX.Element | null {
  useEffect(() => {
    void loadTerminalState()
  }, [])
  const { isBusy, command, startedAt, isAttached } = knownValue(terminalState.value) ?? {}
  if (!isBusy || command === undefined || startedAt === undefined) return null
  return (
    <div class="note" data-tone="warn" role="status">
      <strong>Someone is in the terminal: {titleOf(command)}</strong>
      <p>
        Since {formatDuration(now.value - Date.parse(startedAt))}.{' '}
        {isAttached
          ? 'There is one terminal: what you choose opens when that has ended, or when you take it over.'
          : 'The page that opened it is away; it ends in a minute unless that comes back.'}
      </p>
    </div>
  )
}

function Commands(props: { onChoose: (command: TerminalCommand) => void }): JSX.Element {
  if (status.value?.isSetUp === false)
    return (
      <div class="note">
        <p>
          There is no gateway yet: <a href="/setup">set it up</a> first.
        </p>
      </div>
    )
  const container = status.value?.gateway.containerName ?? 'razroom'
  const inContainer = (typed: string): string =>
    containerLine(['exec', '-it', container, 'node', 'dist/index.js', ...typed.split(' ')])
  return (
    <>
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
      <EquivalentCommands
        commands={COMMANDS.map(({ command, title, typed }) => [
          title,
          command === 'onboard' ? 'sudo razroom-panel launch setup' : inContainer(typed),
        ])}
      />
    </>
  )
}
