import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../contract/schemas.ts'
import { toProblem } from './api/problem.ts'
import { confirmStepUp, declineStepUp } from './api/session.ts'
import { Button } from './ui/button.tsx'
import { Dialog } from './ui/dialog.tsx'
import { Field } from './ui/field.tsx'
import { ProblemView } from './ui/problem-view.tsx'

const WORDS = 'show secrets'

/** Asks for two typed words before secrets are shown: a page left open does not show them to the next who sits down. */
export function StepUpDialog(): JSX.Element {
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isRight = typed.trim().toLowerCase() === WORDS

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
    <Dialog title="Show secrets?" onClose={declineStepUp}>
      <p>
        You logged in a while ago. Type <strong>{WORDS}</strong> to confirm that it is you. It holds for ten
        minutes.
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
          <Button kind="primary" submits isBusy={isBusy} reason={isRight ? undefined : `Type ${WORDS} first`}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
