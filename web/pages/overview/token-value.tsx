import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Problem } from '../../../contract/schemas.ts'
import type { TokenStatus } from '../../../contract/token.ts'
import { toProblem } from '../../api/problem.ts'
import { readToken } from '../../api/token.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { copySecret } from './copy-secret.ts'

/** A secret in view is hidden again after this long. */
const REVEALED_MS = 30_000
/** So many fit on a phone: a longer token goes on in the next row. */
const ROW_CHARACTERS = 32
const COPIED_MS = 2_500

const SOURCE_WORDS = { config: 'from razroom.json', env: 'from .env' } as const

interface Revealed {
  readonly token: string
  /** It is in view because the browser does not let the page copy. */
  readonly isForCopy: boolean
}

/** The token, masked: copied without being shown, or shown for a while. @param props.children more buttons */
export function TokenValue(props: {
  token: TokenStatus
  onProblem: (problem: Problem | null) => void
  children: ComponentChildren
}): JSX.Element {
  const [revealed, setRevealed] = useRevealed(props.token)
  const [copy, setCopy] = useState<'busy' | 'copied' | 'denied' | null>(null)
  const buttons = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (copy !== 'copied') return
    const timer = setTimeout(() => setCopy(null), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copy])

  async function attempt(work: () => Promise<void>): Promise<void> {
    props.onProblem(null)
    try {
      await work()
    } catch (error) {
      setCopy(null)
      props.onProblem(toProblem(error))
    }
  }
  const reveal = (isForCopy: boolean): Promise<void> =>
    attempt(async () => {
      const { token } = await readToken('show')
      setCopy(null)
      // Who has left meanwhile does not see it, and others should not.
      if (!document.hidden) setRevealed({ token, isForCopy })
    })
  const copyToken = (): Promise<void> =>
    attempt(async () => {
      setCopy('busy')
      const secret = readToken('copy').then(({ token }) => token)
      setCopy((await copySecret(secret)) ? 'copied' : 'denied')
    })
  const finishCopy = (): void => {
    setRevealed(null)
    setCopy('copied')
    buttons.current?.querySelector('button')?.focus()
  }

  return (
    <>
      {revealed === null ? (
        <p class="row">
          <span class="secret mono">{props.token.masked}</span>
          <span class="small muted">
            {props.token.length} characters, checked by the gateway; {SOURCE_WORDS[props.token.source]}
          </span>
        </p>
      ) : (
        <RevealedToken revealed={revealed} onCopied={finishCopy} />
      )}
      <div class="row" ref={buttons}>
        <Button isBusy={copy === 'busy'} onClick={() => void copyToken()} label="Copy token">
          <Icon name={copy === 'copied' ? 'check' : 'copy'} />
          {copy === 'copied' ? 'Copied' : 'Copy'}
        </Button>
        <Button
          label={revealed === null ? 'Reveal token' : 'Hide token'}
          onClick={() => (revealed === null ? void reveal(false) : setRevealed(null))}
        >
          <Icon name="eye" />
          {revealed === null ? 'Reveal' : 'Hide'}
        </Button>
        {props.children}
      </div>
      <p class="visually-hidden" aria-live="polite">
        {copy === 'copied' && 'The token is in the clipboard'}
      </p>
      {copy === 'denied' && (
        <div class="note" data-tone="warn" role="alert">
          <p>
            The browser did not let the page use the clipboard. Show the token and copy it by hand instead.
          </p>
          <div class="row">
            <Button size="small" onClick={() => void reveal(true)}>
              Show it to copy by hand
            </Button>
          </div>
        </div>
      )}
    </>
  )
}

/** Hidden again after a while, when the tab is left, and when another token may count. */
function useRevealed(token: TokenStatus): [Revealed | null, (revealed: Revealed | null) => void] {
  const [revealed, setRevealed] = useState<Revealed | null>(null)
  useEffect(() => setRevealed(null), [token])
  useEffect(() => {
    if (revealed === null) return
    const hide = (): void => setRevealed(null)
    const onVisibility = (): void => {
      if (document.hidden) hide()
    }
    const timer = setTimeout(hide, REVEALED_MS)
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [revealed])
  return [revealed, setRevealed]
}

function RevealedToken(props: { revealed: Revealed; onCopied: () => void }): JSX.Element {
  const { token, isForCopy } = props.revealed
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (!isForCopy) return
    field.current?.focus()
    field.current?.select()
  }, [isForCopy])
  return (
    <div class="stack-tight">
      <textarea
        ref={field}
        class="input mono"
        rows={Math.ceil(token.length / ROW_CHARACTERS)}
        readOnly
        autocomplete="off"
        spellcheck={false}
        aria-label="Revealed token"
        value={token}
        onFocus={(event) => event.currentTarget.select()}
        onCopy={({ currentTarget: { selectionStart, selectionEnd } }) => {
          const isWhole = selectionStart === 0 && selectionEnd === token.length
          // The browser copies what is selected after this event.
          if (isForCopy && isWhole) setTimeout(props.onCopied)
        }}
      />
      <p class="small muted">
        {isForCopy
          ? 'It is selected: press Ctrl+C, on a Mac ⌘C, or hold it and choose Copy. Then it is hidden again.'
          : 'It is hidden again after 30 seconds.'}
      </p>
    </div>
  )
}
