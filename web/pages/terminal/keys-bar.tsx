import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import type { ScreenKey } from './screen.ts'

const KEYS: readonly { readonly key: ScreenKey; readonly text: string; readonly label?: string }[] = [
  { key: 'Esc', text: 'Esc' },
  { key: 'Tab', text: 'Tab' },
  { key: 'Ctrl-C', text: 'Ctrl-C' },
  { key: 'Left', text: '←', label: 'Left' },
  { key: 'Down', text: '↓', label: 'Down' },
  { key: 'Up', text: '↑', label: 'Up' },
  { key: 'Right', text: '→', label: 'Right' },
  { key: 'Enter', text: '⏎', label: 'Enter' },
]

/** The keys that a phone's keyboard lacks. */
export function KeysBar(props: { onPress: (key: ScreenKey) => void }): JSX.Element {
  return (
    <div class="terminal-keys" role="toolbar" aria-label="Keys">
      {KEYS.map(({ key, text, label }) => (
        <Button key={key} size="small" {...(label ? { label } : {})} onClick={() => props.onPress(key)}>
          {text}
        </Button>
      ))}
    </div>
  )
}
