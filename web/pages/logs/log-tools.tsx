/** The buttons for what is done with the log beside reading it: search, jump, download. Each part comes when it is used. */
import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { hostFilter } from './log-filters.ts'
import { LogMenu } from './log-menu.tsx'
import type { LogScreen } from './use-log-screen.ts'

const JumpMenu = lazyPart(async () => (await import('./jump-menu.tsx')).JumpMenu)
const DownloadMenu = lazyPart(async () => (await import('./download-menu.tsx')).DownloadMenu)

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
        hint="Looks through all that is kept, not only through the lines here (s)"
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
          <DownloadMenu
            filter={hostFilter(filters)}
            hasFacts={filters.levels.length + filters.subsystems.length > 0}
            view={shown.current}
            ring={place.ring}
            onDone={close}
          />
        )}
      </LogMenu>
    </>
  )
}
