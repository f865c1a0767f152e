import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.tsx'

type Loaded<P> = { readonly Part: ComponentType<P> } | { readonly failed: true } | null

/** A part that comes when it is first shown, or before, when it is fetched. */
export interface LazyPart<P> {
  (props: P): JSX.Element | null
  /** Has it at hand, so that showing it takes no time. @throws whatever keeps it from being fetched */
  fetch(): Promise<void>
}

/**
 * A part of a page that is fetched when it is first shown. An update of the panel renames its files, so a page left
 * open may ask for one that is gone, and says so.
 * @param waiting stands there until it has come: what keeps its room, or says that it is coming
 */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: JSX.Element | null = null,
): LazyPart<P> {
  let known: Loaded<P> = null
  async function fetch(): Promise<void> {
    known ??= { Part: await load() }
  }
  function Part(props: P): JSX.Element | null {
    const [loaded, setLoaded] = useState<Loaded<P>>(known)
    useEffect(() => {
      fetch().then(
        () => setLoaded(known),
        () => setLoaded({ failed: true }),
      )
    }, [])
    if (loaded === null) return waiting
    if ('Part' in loaded) return <loaded.Part {...props} />
    return (
      <p class="row small" role="alert">
        A part of the page could not be loaded.
        <Button size="small" onClick={() => location.reload()}>
          Reload
        </Button>
      </p>
    )
  }
  return Object.assign(Part, { fetch })
}

const SIGNS = ['pointermove', 'pointerdown', 'keydown'] as const

/**
 * Fetches parts once somebody is at the page, who moves the pointer, touches or types: what a click then brings is
 * there, even where the network has gone meanwhile. Who only looks fetches nothing. @returns a function that stops
 */
export function fetchAtFirstSign(parts: readonly Pick<LazyPart<never>, 'fetch'>[]): () => void {
  const waiting = new AbortController()
  const start = (): void => {
    waiting.abort()
    // What could not be fetched is asked for again, and told, where it is shown.
    for (const part of parts) part.fetch().catch(() => undefined)
  }
  for (const sign of SIGNS) addEventListener(sign, start, { signal: waiting.signal, passive: true })
  return () => waiting.abort()
}
