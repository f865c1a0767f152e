import { useEffect, useRef } from 'preact/hooks'
import { keyIdOf, type LogActions } from './log-keys.ts'

/** Listens to the keys of the table while the page is open. */
export function useLogKeys(actions: LogActions): void {
  const current = useRef(actions)
  current.current = actions
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target, event.key)) return
      const id = keyIdOf(event.key)
      if (!id) return
      event.preventDefault()
      current.current[id]()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

/** True where the key means something already: text in a field, space on a button or link. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input, textarea, select, dialog')) return true
  return key === ' ' && target.closest('button, a, summary') !== null
}
