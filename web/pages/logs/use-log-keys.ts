import { useEffect, useRef } from 'preact/hooks'

export interface LogKeys {
  readonly onSearch: () => void
  readonly onPause: () => void
  readonly onFollow: () => void
}

/** Keys of the logs page: `/` to the filter, space to pause, `f` and End to the newest line. */
export function useLogKeys(keys: LogKeys): void {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target, event.key)) return
      const action = actionOf(event.key, current.current)
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

function actionOf(key: string, keys: LogKeys): (() => void) | null {
  if (key === '/') return keys.onSearch
  if (key === ' ') return keys.onPause
  return key === 'f' || key === 'End' ? keys.onFollow : null
}

/** True where the key means something already: text in a field, space on a button or link. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input, textarea, select, dialog')) return true
  return key === ' ' && target.closest('button, a, summary') !== null
}
