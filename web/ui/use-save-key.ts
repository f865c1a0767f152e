import { useEffect } from 'preact/hooks'

/** Ctrl+S, or Command+S, saves; the browser's own would store the page. A dialog in front keeps its keys. */
export function useSaveKey(save: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      const isInDialog = event.target instanceof Element && event.target.closest('dialog') !== null
      if (!event.shiftKey && !isInDialog) save()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [save])
}
