import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.tsx'

type Loaded<P> = { readonly Part: ComponentType<P> } | { readonly failed: true } | null

/**
 * A part of a page that is fetched when it is first shown: nothing stands there until it has come. An update of the
 * panel renames its files, so a page left open may ask for one that is gone, and says so.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: Loaded<P> = null
  return function LazyPart(props: P): JSX.Element | null {
    const [loaded, setLoaded] = useState<Loaded<P>>(known)
    useEffect(() => {
      if (known) return
      load().then(
        (Part) => {
          known = { Part }
          setLoaded(known)
        },
        () => setLoaded({ failed: true }),
      )
    }, [])
    if (loaded === null) return null
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
}
