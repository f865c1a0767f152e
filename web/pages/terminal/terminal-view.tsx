import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { titleOf } from './command-words.ts'
import { EndNote } from './end-note.tsx'
import { KeysBar } from './keys-bar.tsx'
import { LinkNote } from './link-note.tsx'
import { createScreen, type Screen } from './screen.ts'
import type { TerminalSession } from './terminal-session.ts'

/** A command at work: its screen, and how it ended. */
export function TerminalView(props: { session: TerminalSession; onLeave: () => void }): JSX.Element {
  const { session, onLeave } = props
  const root = useRef<HTMLDivElement>(null)
  const [screen, setScreen] = useState<Screen | null>(null)
  const [isAsking, setAsking] = useState(false)
  const ended = session.ended.value
  const isClosed = session.link.value.kind === 'closed'
  useEffect(() => {
    if (!root.current) return
    const place = root.current
    const made = createScreen({
      root: place,
      onInput: (data) => session.type(data),
      onResize: (size) => session.resize(size),
      onLeave: () => focusBehind(place),
    })
    setScreen(made)
    session.open(made)
    return () => {
      session.close()
      made.destroy()
    }
  }, [session])

  return (
    <>
      <div class="row-apart">
        <h2>{titleOf(session.command)}</h2>
        {ended || isClosed || session.busy.value ? (
          <Button onClick={onLeave}>Back to the commands</Button>
        ) : (
          <Button kind="danger" size="small" onClick={() => setAsking(true)}>
            End
          </Button>
        )}
      </div>
      <LinkNote session={session} />
      {ended && <EndNote command={session.command} ended={ended} />}
      <div class="terminal-frame" data-terminal={ended ? 'ended' : session.link.value.kind}>
        <div ref={root} class="terminal-screen" />
      </div>
      {screen && !ended && <Tools screen={screen} />}
      {isAsking && (
        <ConfirmDialog
          title="End it?"
          action="End"
          isDangerous
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            session.end()
          }}
        >
          <p>What was answered and not written yet is lost.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

/** The first button behind the screen; where there is none any more, the one above it. */
function focusBehind(screen: HTMLElement): void {
  const all = screen.closest('.terminal-page')?.querySelectorAll('button') ?? []
  const seen = [...all].filter((button) => button.checkVisibility())
  const isBehind = (button: Element) =>
    (screen.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  const target = seen.find(isBehind) ?? seen[0]
  target?.focus()
}

function Tools({ screen }: { screen: Screen }): JSX.Element {
  const [isReader, setReader] = useState(false)
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    const marked = screen.selection()
    if (marked !== '') await navigator.clipboard.writeText(marked)
    setSaid(marked === '' ? 'Mark something first' : 'Copied')
  }
  const paste = async (): Promise<void> => {
    screen.paste(await navigator.clipboard.readText())
    screen.focus()
  }
  const orSay = (work: Promise<void>): void => {
    work.catch(() => setSaid('The browser does not let the page at the clipboard'))
  }
  return (
    <div class="stack">
      <KeysBar
        onPress={(key) => {
          screen.press(key)
          screen.focus()
        }}
      />
      <div class="row">
        <Button size="small" onClick={() => orSay(copy())}>
          Copy
        </Button>
        <Button size="small" onClick={() => orSay(paste())}>
          Paste
        </Button>
        <Check
          isChecked={isReader}
          onChange={(isOn) => {
            setReader(isOn)
            screen.setScreenReader(isOn)
          }}
        >
          For screen readers
        </Check>
        <span class="small muted" role="status">
          {said}
        </span>
      </div>
    </div>
  )
}
