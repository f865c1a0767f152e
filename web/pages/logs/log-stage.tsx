import type { JSX } from 'preact'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { LogList } from './log-list.tsx'
import { LogNothing, ToTheEnd } from './log-words.tsx'
import type { LogScreen } from './use-log-screen.ts'

const LogPlaceBar = lazyPart(async () => (await import('./log-place-bar.tsx')).LogPlaceBar)

/** The list, with what stands over it and below it. */
export function LogStage({ screen }: { screen: LogScreen }): JSX.Element {
  const { log, place, places, filters, drawn, tools, isFollowing } = screen
  return (
    <div class="log-frame">
      <div class="log-stage">
        <ShownList screen={screen} />
        <LogNothing
          session={log}
          place={place}
          drawn={drawn}
          filters={filters}
          onSearch={() => tools.openSearch(filters.text)}
        />
        {!isFollowing && !places.isHistory && <ToTheEnd drawn={drawn} onClick={() => screen.follow(true)} />}
      </div>
      {(places.isHistory || places.jump.value.kind !== 'idle') && (
        <LogPlaceBar places={places} onBack={() => screen.follow(true)} />
      )}
    </div>
  )
}

/** The list of the stretch that is shown. */
function ShownList({ screen }: { screen: LogScreen }): JSX.Element {
  const { places, address } = screen
  return (
    <LogList
      session={screen.place}
      filters={screen.filters}
      marks={screen.marks}
      isWrapped={screen.isWrapped}
      timeMode={screen.timeMode}
      isFollowing={screen.isFollowing}
      onFollow={screen.onFollow}
      drawn={screen.drawn}
      changes={screen.changes}
      shown={screen.shown}
      target={places.target.value}
      marked={places.marked.value}
      onTop={(cursor, offsetPx) => places.settle(cursor, offsetPx)}
      onPast={(cursor, offsetPx) => void places.lookPast(cursor, offsetPx)}
      onWhole={screen.tools.showWhole}
      onLink={(cursor) => {
        address.name(cursor)
        places.mark(cursor)
      }}
      onCopied={screen.onCopied}
    />
  )
}
