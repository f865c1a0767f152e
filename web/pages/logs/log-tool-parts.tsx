import './log-body.css'
import type { JSX } from 'preact'
import { lazyPart } from '../../ui/lazy-part.tsx'
import type { TimeMode } from './log-times.ts'
import type { LogToolsState } from './use-log-tools.ts'

const SearchDrawer = lazyPart(async () => (await import('./search-drawer.tsx')).SearchDrawer)
const WholeLineDialog = lazyPart(async () => (await import('./whole-line-dialog.tsx')).WholeLineDialog)

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
