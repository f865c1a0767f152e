import { useEffect, useRef } from 'preact/hooks'
import { lineHash, lineOfHash } from './line-hash.ts'

export interface LineAddress {
  /** Goes to a line: its address is that of the page from now on, and a step back leads here. */
  readonly open: (cursor: string) => void
  /** Gives the page the address of a line that is in sight. */
  readonly name: (cursor: string) => void
  /** The page has the address of no line any more. */
  readonly clear: () => void
}

/** The line in the page's address. @param onLine is called for the one it is opened with, and for each later one */
export function useLineAddress(onLine: (cursor: string) => void): LineAddress {
  const current = useRef(onLine)
  current.current = onLine
  const address = useRef<LineAddress>({
    open(cursor) {
      if (location.hash === lineHash(cursor)) current.current(cursor)
      else location.hash = lineHash(cursor)
    },
    name(cursor) {
      if (lineOfHash(location.hash) === null) history.pushState(null, '', lineHash(cursor))
      else history.replaceState(null, '', lineHash(cursor))
    },
    clear() {
      if (lineOfHash(location.hash) !== null)
        history.replaceState(null, '', location.pathname + location.search)
    },
  })
  useEffect(() => {
    function look(): void {
      const cursor = lineOfHash(location.hash)
      if (cursor !== null) current.current(cursor)
    }
    look()
    addEventListener('hashchange', look)
    return () => removeEventListener('hashchange', look)
  }, [])
  return address.current
}
