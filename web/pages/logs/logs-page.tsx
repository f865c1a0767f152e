import './logs.css'
import type { JSX } from 'preact'
import { status } from '../../state/status.ts'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { LogBar } from './log-bar.tsx'
import { LogControls } from './log-controls.tsx'
import { LogStage } from './log-stage.tsx'
import { LogToolParts } from './log-tool-parts.tsx'
import { LogFoot } from './log-words.tsx'
import { useLogKeys } from './use-log-keys.ts'
import { logActions, useLogScreen } from './use-log-screen.ts'

const DensityStrip = lazyPart(async () => (await import('./log-extras.ts')).DensityStrip)
const FilterBar = lazyPart(async () => (await import('./log-extras.ts')).FilterBar)
const LogFatal = lazyPart(async () => (await import('./log-fatal.tsx')).LogFatal)
const LogSource = lazyPart(async () => (await import('./log-source.tsx')).LogSource)
const LogHelp = lazyPart(async () => (await import('./log-help.tsx')).LogHelp)

/** Room for the list or the search, not for both; the style sheet has the same. */
const NARROW = '(max-width: 760px)'

/** The gateway's log as it is written. */
export function LogsPage(): JSX.Element {
  const screen = useLogScreen()
  const { log, place, places, tools, filters, timeMode, drawn, changes } = screen
  const gateway = status.value?.gateway
  const actions = logActions(screen)
  useLogKeys(actions)
  return (
    <div class="logs">
      <div class="row-apart">
        <h1>Logs</h1>
        <LogControls />
      </div>
      {gateway?.fatal && <LogFatal />}
      {gateway?.logSource && <LogSource />}
      <LogBar screen={screen} actions={actions} />
      <div class="log-filter-bar">
        <FilterBar filters={filters} onChange={screen.chooseFilters} index={place.index} changes={changes} />
      </div>
      <DensityStrip index={place.index} changes={changes} timeMode={timeMode} onJump={screen.goTo} />
      <div class="log-body">
        <LogStage screen={screen} />
        <LogToolParts
          tools={tools}
          timeMode={timeMode}
          marked={places.marked.value}
          onOpen={(cursor) => {
            if (matchMedia(NARROW).matches) tools.closeSearch()
            screen.address.open(cursor)
          }}
        />
      </div>
      <LogFoot session={log} place={place} drawn={drawn} filters={filters} copied={screen.copied} />
      {screen.isHelpOpen && <LogHelp onClose={() => screen.setHelpOpen(false)} />}
    </div>
  )
}
