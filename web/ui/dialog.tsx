import './dialog.css'
import type { ComponentChildren, JSX } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './button.tsx'

/** A modal dialog: there while it is rendered. Escape and a click beside it close it. */
export function Dialog(props: {
  title: string
  onClose: () => void
  children: ComponentChildren
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it, and <dialog> brings that itself
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget && !isInside(event.currentTarget, event)) props.onClose()
      }}
    >
      <div class="stack">
        <h2 id={titleId}>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  )
}

function isInside(dialog: HTMLElement, { clientX, clientY }: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect()
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom
}

/** Asks before something that can't be taken back. The safe answer has the focus. */
export function ConfirmDialog(props: {
  title: string
  children: ComponentChildren
  action: string
  isDangerous?: boolean
  onConfirm: () => void
  onClose: () => void
}): JSX.Element {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      {props.children}
      <div class="row">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button kind={props.isDangerous ? 'danger' : 'primary'} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </div>
    </Dialog>
  )
}
