import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { Icon } from './icons.tsx'

const SHOWN_MS = 2_000

/** Copies a text that is in view anyway. When the browser refuses, it says so: the text can be selected by hand. */
export function CopyButton(props: {
  text: string
  label: string
  /** Beside the icon, where there is room for them. */
  words?: string
}): JSX.Element {
  const { text, label, words } = props
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setOutcome('copied')
    } catch {
      setOutcome('refused')
    }
  }

  return (
    <>
      <Button kind="quiet" size="small" label={label} onClick={() => void copy()}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={16} />
        {words}
      </Button>
      <span class="visually-hidden" aria-live="polite">
        {outcome === 'copied' && 'Copied'}
      </span>
      {outcome === 'refused' && <span class="small">Select it and copy by hand</span>}
    </>
  )
}
