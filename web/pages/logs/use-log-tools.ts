import { useMemo, useRef, useState } from 'preact/hooks'

export interface LogToolsState {
  readonly isSearchOpen: boolean
  /** What the search is opened with. */
  readonly searchText: string
  /** Cursor of the line that is shown as a whole. */
  readonly whole: string | null
  readonly openSearch: (text: string) => void
  readonly closeSearch: () => void
  readonly showWhole: (cursor: string | null) => void
}

/** Which of the tools are open. */
export function useLogTools(): LogToolsState {
  const [search, setSearch] = useState<string | null>(null)
  const [whole, setWhole] = useState<string | null>(null)
  /** Where the keyboard was, and is again when the drawer has closed. */
  const opener = useRef<Element | null>(null)
  return useMemo(
    () => ({
      isSearchOpen: search !== null,
      searchText: search ?? '',
      whole,
      openSearch(text) {
        opener.current = document.activeElement
        setSearch(text)
      },
      closeSearch() {
        setSearch(null)
        if (opener.current instanceof HTMLElement) opener.current.focus()
      },
      showWhole: setWhole,
    }),
    [search, whole],
  )
}
