import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { tokenProblem } from '../../../contract/rules.ts'
import type { Problem } from '../../../contract/schemas.ts'
import type { TokenSource } from '../../../contract/token.ts'
import { toProblem } from '../../api/problem.ts'
import { rotateToken } from '../../api/token.ts'
import { isGatewayUp } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'

const FILE_WORDS = { config: 'razroom.json and .env', env: '.env' } as const

/** What is in the dialog that replaces the token. */
export function RotateForm(props: { source: TokenSource; onClose: () => void }): JSX.Element {
  const [own, setOwn] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const fault = own === null ? null : tokenProblem(own)
  const reason = own === '' ? 'Type or paste your token first' : fault === null ? undefined : `It ${fault}`

  async function rotate(): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await rotateToken(own ?? undefined)
      props.onClose()
    } catch (error) {
      setProblem(toProblem(error))
      setBusy(false)
    }
  }

  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    // A dialog that was open before its form has the focus itself.
    if (document.activeElement?.localName === 'dialog') form.current?.querySelector('input')?.focus()
  }, [])

  return (
    <>
      <p>
        The new token is written into {FILE_WORDS[props.source]}.{' '}
        {isGatewayUp.value
          ? 'The gateway gets a new container, so it is away for the time of a start; then both tokens are shown to it: it must refuse the old one and take the new one.'
          : 'The gateway does not run: the new token counts from its next start.'}
      </p>
      <p>
        Browsers that have the Control UI open, and scripts that use the token, must log in again with the new
        one. Browsers that were approved stay approved.
      </p>
      <form
        ref={form}
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (reason === undefined && !isBusy) void rotate()
        }}
      >
        <Check isChecked={own !== null} onChange={(isOwn) => setOwn(isOwn ? '' : null)}>
          Use a token of my own
        </Check>
        {own !== null && (
          <Field
            label="Your token"
            value={own}
            onInput={setOwn}
            isSecret
            isMono
            hint="24 to 512 letters, digits and . _ ~ + / = -, of at least 8 different ones."
            error={own === '' || fault === null ? undefined : `It ${fault}.`}
          />
        )}
        {problem && <ProblemView problem={problem} />}
        <div class="row">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button kind="primary" submits isBusy={isBusy} reason={reason}>
            {own === null ? 'Make a new token' : 'Use this token'}
          </Button>
        </div>
      </form>
    </>
  )
}
