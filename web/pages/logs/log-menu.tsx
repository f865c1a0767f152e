import './log-menu.css'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from '../../ui/icons.tsx'

/** A button that opens a small panel below it. Escape, and a click or the focus elsewhere, close it. */
export function LogMenu(props: {
  words: string
  icon: IconName
  children: (close: () => void) => ComponentChildren
}): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  useEffect(() => {
    if (!isOpen) return
    function onPointer({ target }: PointerEvent): void {
      if (target instanceof Node && !box.current?.contains(target)) setOpen(false)
    }
    addEventListener('pointerdown', onPointer)
    return () => removeEventListener('pointerdown', onPointer)
  }, [isOpen])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is for the panel that stands in it
    <div
      ref={box}
      class="log-menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return
        event.stopPropagation()
        close()
      }}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && !box.current?.contains(relatedTarget)) setOpen(false)
      }}
    >
      <button
        ref={button}
        type="button"
        class="button"
        data-size="small"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={props.icon} size={15} />
        {props.words}
      </button>
      {isOpen && (
        <Panel id={id} label={props.words}>
          {props.children(close)}
        </Panel>
      )}
    </div>
  )
}

function Panel(props: { id: string; label: string; children: ComponentChildren }): JSX.Element {
  const panel = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const { current } = panel
    if (!current) return
    // Beside the button, but never beyond the edge of the window.
    const beyondPx = current.getBoundingClientRect().right + 16 - document.documentElement.clientWidth
    if (beyondPx > 0) current.style.translate = `${-beyondPx}px`
    current.focus()
  }, [])
  return (
    <section ref={panel} id={props.id} class="log-menu-panel" aria-label={props.label} tabIndex={-1}>
      {props.children}
    </section>
  )
}
