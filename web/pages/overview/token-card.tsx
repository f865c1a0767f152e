import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import type { TokenStatus } from '../../../contract/token.ts'
import { toProblem } from '../../api/problem.ts'
import { loadToken, readToken, rotateToken } from '../../api/token.ts'
import { token } from '../../state/token.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'

/** A secret in view is hidden again after this long. */
const REVEALED_MS = 30_000
const COPIED_MS = 2_500

const SOURCE_WORDS = { config: 'from razroom.json', env: 'from .env' } as const

/** The token that the gateway really checks: copy it, look at it, replace it. */
export function TokenCard(props: { reason: string | undefined }): JSX.Element {
  const state = token.value
  return (
    <section class="card stack" aria-label="Token">
      <h2>Token</h2>
      {state.kind === 'loading' && <Loading what="Reading the token" />}
      {state.kind === 'failed' && <UnknownToken problem={state.problem} reason={props.reason} />}
      {state.kind === 'known' && (
        <KnownToken key={state.token.masked} token={state.token} reason={props.reason} />
      )}
      <EquivalentCommands
        commands={[
          ['Show', 'sudo razroom-panel token show'],
          ['Rotate', 'sudo razroom-panel token rotate'],
        ]}
      />
    </section>
  )
}

function UnknownToken(props: { problem: Problem; reason: string | undefined }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <>
      <ProblemView problem={props.problem} onRetry={() => void loadToken()} />
      {props.problem.code === 'TOKEN_MISSING' && (
        <div class="row">
          <Rotate reason={props.reason} onProblem={setProblem} />
        </div>
      )}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}

function KnownToken(props: { token: TokenStatus; reason: string | undefined }): JSX.Element {
  const [revealed, setRevealed] = useState<string | null>(null)
  const [copy, setCopy] = useState<'busy' | 'copied' | 'denied' | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    if (revealed === null) return
    const timer = setTimeout(() => setRevealed(null), REVEALED_MS)
    return () => clearTimeout(timer)
  }, [revealed])
  useEffect(() => {
    if (copy !== 'copied') return
    const timer = setTimeout(() => setCopy(null), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copy])

  async function reveal(): Promise<void> {
    setProblem(null)
    try {
      setRevealed((await readToken()).token)
      setCopy(null)
    } catch (error) {
      setProblem(toProblem(error))
    }
  }

  async function copyToken(): Promise<void> {
    setProblem(null)
    setCopy('busy')
    try {
      const { token: secret } = await readToken()
      setCopy((await writeClipboard(secret)) ? 'copied' : 'denied')
    } catch (error) {
      setCopy(null)
      setProblem(toProblem(error))
    }
  }

  return (
    <>
      {revealed === null ? (
        <p class="row">
          <span class="secret mono">{props.token.masked}</span>
          <span class="small muted">
            {props.token.length} characters, {SOURCE_WORDS[props.token.source]}
          </span>
        </p>
      ) : (
        <RevealedToken token={revealed} />
      )}
      {!props.token.sourcesAgree && <SourcesDisagree token={props.token} />}
      <div class="row">
        <Button isBusy={copy === 'busy'} onClick={() => void copyToken()} label="Copy token">
          <Icon name={copy === 'copied' ? 'check' : 'copy'} />
          {copy === 'copied' ? 'Copied' : 'Copy'}
        </Button>
        <Button
          label={revealed === null ? 'Reveal token' : 'Hide token'}
          onClick={() => (revealed === null ? void reveal() : setRevealed(null))}
        >
          <Icon name="eye" />
          {revealed === null ? 'Reveal' : 'Hide'}
        </Button>
        <Rotate reason={props.reason} onProblem={setProblem} />
      </div>
      <p class="visually-hidden" aria-live="polite">
        {copy === 'copied' && 'The token is in the clipboard'}
      </p>
      {copy === 'denied' && (
        <div class="note" data-tone="warn">
          <p>
            The browser did not let the page use the clipboard. Show the token and copy it by hand instead.
          </p>
          <div class="row">
            <Button size="small" onClick={() => void reveal()}>
              Show it to copy by hand
            </Button>
          </div>
        </div>
      )}
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}

/** True when the clipboard took it; browsers refuse without a fresh click, a secure context or the permission. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function RevealedToken({ token: secret }: { token: string }): JSX.Element {
  return (
    <div class="stack-tight">
      <input
        class="input mono"
        readOnly
        aria-label="Revealed token"
        value={secret}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p class="small muted">It is hidden again after 30 seconds.</p>
    </div>
  )
}

function SourcesDisagree({ token: { source } }: { token: TokenStatus }): JSX.Element {
  return (
    <div class="note" data-tone="warn">
      <p>
        <strong>.env and razroom.json hold different tokens.</strong>
      </p>
      <p class="small">
        The gateway checks the one {SOURCE_WORDS[source]}; commands inside the container use the other.
        Rotating makes them the same.
      </p>
    </div>
  )
}

function Rotate(props: {
  reason: string | undefined
  onProblem: (problem: Problem | null) => void
}): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button reason={props.reason} label="Rotate token" onClick={() => setAsking(true)}>
        <Icon name="undo" />
        Rotate
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Rotate the token?"
          action="Make a new token"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            props.onProblem(null)
            rotateToken().catch((error) => props.onProblem(toProblem(error)))
          }}
        >
          <p>
            The gateway gets a new token and a new container, so it is away for the time of a start. The old
            token stops working: browsers that have the Control UI open, and scripts that use the token, must
            log in again with the new one.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
