import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import { toProblem } from '../../api/problem.ts'
import { logIn, readLoginCode } from '../../api/session.ts'
import { session } from '../../state/session.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/command.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'

/** The way in: a link from the shell, or its code pasted here. */
export function LoginPage(props: { problem: Problem | null; onRetry: () => void }): JSX.Element {
  const [text, setText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [error, setError] = useState<string | undefined>(undefined)
  const hadSession = session.value.kind === 'out' && session.value.hadSession
  const shown = problem ?? props.problem

  async function submit(): Promise<void> {
    const code = readLoginCode(text)
    if (code === '') {
      setError('Paste the code, or the whole link, that the command printed.')
      return
    }
    setError(undefined)
    setBusy(true)
    try {
      await logIn(code)
    } catch (caught) {
      setProblem(toProblem(caught))
      setBusy(false)
    }
  }

  return (
    <main class="alone">
      <h1>Log in</h1>
      {hadSession && (
        <p class="note" data-tone="warn">
          Your session has ended. Log in again to go on; what you typed is still here.
        </p>
      )}
      <div class="stack-tight">
        <p>Run this on the machine of the gateway, then open the link that it prints:</p>
        <Command text="sudo razroom-panel login" />
        <p class="small muted">The link works once, for two minutes.</p>
      </div>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void submit()
        }}
      >
        <Field
          label="Login code"
          value={text}
          onInput={setText}
          error={error}
          hint="Or paste the code, or the whole link, here."
          isMono
        />
        <div>
          <Button kind="primary" submits isBusy={isBusy}>
            Log in
          </Button>
        </div>
      </form>
      {shown && (
        <ProblemView
          problem={shown}
          {...(shown.status === 0 && problem === null ? { onRetry: props.onRetry } : {})}
        />
      )}
    </main>
  )
}
