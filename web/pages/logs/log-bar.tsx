import type { JSX } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import type { LogActions } from './log-keys.ts'
import { TextFilter } from './text-filter.tsx'
import { TimeSelect } from './time-select.tsx'
import type { LogScreen } from './use-log-screen.ts'

const LogTools = lazyPart(async () => (await import('./log-extras.ts')).LogTools)

interface BarProps {
  readonly screen: LogScreen
  readonly actions: LogActions
}

/** The field of the filter, and the buttons for what the list does. */
export function LogBar({ screen, actions }: BarProps): JSX.Element {
  return (
    <div class="log-tools">
      <TextFilter
        filters={screen.filters}
        onChange={screen.chooseFilters}
        field={screen.filterField}
        drawn={screen.drawn}
        onStep={(direction) => (direction === 1 ? actions.nextMatch : actions.previousMatch)()}
      />
      <div class="log-buttons">
        <ListButtons screen={screen} actions={actions} />
        <LogTools screen={screen} />
        <Button size="small" kind="quiet" label="Keys" onClick={actions.help}>
          ?
        </Button>
      </div>
    </div>
  )
}

/** Pause, follow, wrap, times, clear. */
function ListButtons({ screen, actions }: BarProps): JSX.Element {
  const { log, follow, isFollowing } = screen
  const isPaused = log.isPaused.value
  return (
    <>
      <Button
        size="small"
        isPressed={isPaused}
        hint="Holds new lines back until it is pressed again (Space)"
        onClick={actions.pause}
      >
        <Icon name={isPaused ? 'play' : 'pause'} size={15} />
        Pause
      </Button>
      <Button
        size="small"
        isPressed={isFollowing}
        hint="Stays at the newest line (f)"
        onClick={() => follow(!isFollowing)}
      >
        Follow
      </Button>
      <Button size="small" isPressed={screen.isWrapped} hint="Breaks long lines (w)" onClick={actions.wrap}>
        Wrap
      </Button>
      <TimeSelect mode={screen.timeMode} onChange={screen.chooseTimes} />
      <Button
        size="small"
        hint="Empties this list; the log stays as it is"
        onClick={() => {
          follow(true)
          log.clear()
        }}
      >
        Clear
      </Button>
    </>
  )
}
