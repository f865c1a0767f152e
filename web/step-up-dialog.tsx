import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../contract/schemas.ts'
import { toProblem } from './api/problem.ts'
import { confirmStepUp, declineStepUp } from './api/session.ts'
import { Button } from './ui/button.tsx'
import { Dialog } from './ui/dialog.tsx'
import { Field } from './ui/field.tsx'
import { ProblemView } from './ui/problem-view.tsx'

const WORD = 'confirm'

/** Asks for a typed word before what shows secrets or reaches far: a page left open does it not for the next who sits down. */
export function StepUpDialog(): JSX.Element {
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isRight = typed.trim().toLowerCase() === WORD

  async function confirm(): Promise<void> {
    setBusy(true)
    try {
      await confirmStepUp()
    } catch (error) {
      setProblem(toProblem(error))
      setBusy(false)
    }
  }

  return (
    <Dialog title="Confirm that it is you" onClose={declineStepUp}>
      <p>
        You logged in a while ago, and what you asked for shows secrets or reaches far. Type{' '}
        <strong>{WORD}</strong> to go on. It holds for ten minutes.
      </p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (isRight && !isBusy) void confirm()
        }}
      >
        <Field label="Confirmation" value={typed} onInput={setTyped} />
        {problem && <ProblemView problem={problem} />}
        <div class="row">
          <Button onClick={declineStepUp}>Cancel</Button>
          <Button kind="primary" submits isBusy={isBusy} reason={isRight ? undefined : `Type ${WORD} first`}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
