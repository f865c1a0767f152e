import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { TerminalCommand } from '../../../contract/terminal.ts'
import { loadConfig } from '../../api/config.ts'
import { restartGateway } from '../../api/gateway.ts'
import { toProblem } from '../../api/problem.ts'
import { loadToken } from '../../api/token.ts'
import { configDocument } from '../../state/config.ts'
import { runningOperation } from '../../state/operations.ts'
import { status } from '../../state/status.ts'
import { token } from '../../state/token.ts'
import { Button } from '../../ui/button.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { titleOf } from './command-words.ts'
import { explainEnd } from './explain-end.ts'
import type { Ended } from './terminal-session.ts'

const SHOWN_LINES = 8

/** How a command ended, and what follows from what it may have written. */
export function EndNote(props: { command: TerminalCommand; ended: Ended }): JSX.Element {
  const { command, ended } = props
  const isGood = ended.reason === 'ended' && ended.code === 0
  return (
    <div class="stack" role="status" data-ended={ended.reason} data-code={ended.code}>
      <div class="note" data-tone={isGood ? 'good' : ended.reason === 'ended' ? 'bad' : 'warn'}>
        <strong>{headline(command, ended)}</strong>
        {!isGood && ended.reason === 'ended' && <Failure command={command} lines={ended.lastLines} />}
      </div>
      <AfterChange />
    </div>
  )
}

function headline(command: TerminalCommand, { reason, code }: Ended): string {
  const title = titleOf(command)
  switch (reason) {
    case 'ended':
      return code === 0 ? `${title}: ended well` : `${title}: ended with exit code ${code ?? 'unknown'}`
    case 'idle':
      return `${title}: ended, because nobody typed for half an hour`
    case 'lost':
      return `${title}: ended from outside, for example with the gateway`
    case 'closed':
      return `${title}: was ended`
  }
}

function Failure(props: { command: TerminalCommand; lines: readonly string[] }): JSX.Element {
  const meaning = explainEnd(props.command, props.lines)
  return (
    <>
      {meaning !== null && <p>{meaning}</p>}
      {props.lines.length > 0 && (
        <pre class="terminal-last">{props.lines.slice(-SHOWN_LINES).join('\n')}</pre>
      )}
    </>
  )
}

/** What the panel finds now in the files that the command may have written. */
function AfterChange(): JSX.Element | null {
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    void loadToken()
    // Without a file there is nothing to find in it; its page says why it can't be read.
    loadConfig().catch(() => undefined)
  }, [])
  const isDiffering = token.value.kind === 'known' && !token.value.token.sourcesAgree
  const findings = configDocument.value?.findings ?? []
  const isBound = findings.some(({ id }) => id === 'config.bind')
  const broken = findings.filter(({ severity }) => severity === 'error').length
  const isRestartNeeded = status.value?.restartRequired === true
  const running = runningOperation.value
  if (!isDiffering && !isBound && broken === 0 && !isRestartNeeded) return null
  return (
    <div class="note" data-tone="warn">
      <strong>What the files say now</strong>
      <ul class="bullets">
        {isDiffering && (
          <li>
            The token in .env is not the one that the gateway checks. <a href="/">Use one token</a> on the
            overview, by one click.
          </li>
        )}
        {isBound && (
          <li>
            It set <code>gateway.bind</code>, which does not count in the container: it can stay. See{' '}
            <a href="/configuration">Configuration</a>.
          </li>
        )}
        {broken > 0 && (
          <li>
            The gateway would not start with razroom.json as it is. See{' '}
            <a href="/configuration">Configuration</a>.
          </li>
        )}
        {isRestartNeeded && <li>The gateway runs with what was there before, until it is restarted.</li>}
      </ul>
      {isRestartNeeded && (
        <div class="row">
          <Button
            reason={waitReason(running)}
            onClick={() => {
              setProblem(null)
              restartGateway().catch((error: unknown) => setProblem(toProblem(error).title))
            }}
          >
            Restart to apply
          </Button>
        </div>
      )}
      {problem !== null && <p role="alert">{problem}</p>}
    </div>
  )
}
