/** What is done with the log beside reading it: search, jump, download, the whole of a line. Each comes when it is used. */
import './log-body.css'
import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { hostFilter } from './log-filters.ts'
import { LogMenu } from './log-menu.tsx'
import type { TimeMode } from './log-times.ts'
import type { LogScreen } from './use-log-screen.ts'

const SearchDrawer = lazyPart(async () => (await import('./search-drawer.tsx')).SearchDrawer)
const JumpMenu = lazyPart(async () => (await import('./jump-menu.tsx')).JumpMenu)
const DownloadMenu = lazyPart(async () => (await import('./download-menu.tsx')).DownloadMenu)
const WholeLineDialog = lazyPart(async () => (await import('./whole-line-dialog.tsx')).WholeLineDialog)

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

/** The buttons of the tools. */
export function LogTools(props: {
  screen: Pick<LogScreen, 'tools' | 'filters' | 'place' | 'shown' | 'goToTime'>
}): JSX.Element {
  const { tools, filters, place, shown, goToTime } = props.screen
  return (
    <>
      <Button
        size="small"
        isPressed={tools.isSearchOpen}
        onClick={() => (tools.isSearchOpen ? tools.closeSearch() : tools.openSearch(filters.text))}
      >
        <Icon name="search" size={15} />
        Search
      </Button>
      <LogMenu words="Go to" icon="clock">
        {(close) => (
          <JumpMenu
            onTime={(time) => {
              close()
              goToTime(time)
            }}
          />
        )}
      </LogMenu>
      <LogMenu words="Download" icon="setup">
        {(close) => (
          <DownloadMenu filter={hostFilter(filters)} view={shown.current} ring={place.ring} onDone={close} />
        )}
      </LogMenu>
    </>
  )
}

/** The parts that stand beside or over the list. */
export function LogToolParts(props: {
  tools: LogToolsState
  timeMode: TimeMode
  marked: string | null
  onOpen: (cursor: string) => void
}): JSX.Element {
  const { tools } = props
  return (
    <>
      {tools.isSearchOpen && (
        <SearchDrawer
          text={tools.searchText}
          timeMode={props.timeMode}
          marked={props.marked}
          onOpen={props.onOpen}
          onClose={tools.closeSearch}
        />
      )}
      {tools.whole !== null && <WholeLineDialog cursor={tools.whole} onClose={() => tools.showWhole(null)} />}
    </>
  )
}
