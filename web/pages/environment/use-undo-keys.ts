import { useEffect } from 'preact/hooks'
import * as editor from './env-editor.ts'

/** Ctrl+Z (Cmd+Z) takes the last edit back, with Shift, or Ctrl+Y, it comes again. Fields keep their own undo. */
export function useUndoKeys(): void {
  useEffect(() => {
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

function onKeyDown(event: KeyboardEvent): void {
  const { target, shiftKey, altKey } = event
  const key = event.key.toLowerCase()
  if (!(event.ctrlKey || event.metaKey) || altKey || event.defaultPrevented || isTyping(target)) return
  const isRedo = (key === 'z' && shiftKey) || (key === 'y' && !shiftKey)
  if (!isRedo && key !== 'z') return
  if (isRedo ? !editor.canRedo.value : !editor.canUndo.value) return
  event.preventDefault()
  if (isRedo) editor.redo()
  else editor.undo()
}

/** A dialog in front hides what would change. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const isText = target instanceof HTMLTextAreaElement
  const isInput = target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
  return isText || isInput || target.isContentEditable || target.closest('dialog') !== null
}
