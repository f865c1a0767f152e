import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from './ui/button.tsx'
import { Loading } from './ui/loading.tsx'

type Loaded = { readonly page: ComponentType } | { readonly failed: true } | null

/**
 * A page that is fetched when it is first opened. An update of the panel renames its files, so a page left open may
 * ask for one that is gone: then it offers to reload.
 */
export function lazyPage(load: () => Promise<ComponentType>): ComponentType {
  let known: Loaded = null
  return function LazyPage(): JSX.Element {
    const [loaded, setLoaded] = useState<Loaded>(known)
    useEffect(() => {
      if (known) return
      load().then(
        (page) => {
          known = { page }
          setLoaded(known)
        },
        () => setLoaded({ failed: true }),
      )
    }, [])
    if (loaded === null) return <Loading what="Loading the page" />
    if ('page' in loaded) {
      const Page = loaded.page
      return <Page />
    }
    return (
      <div class="note" data-tone="warn" role="alert">
        <strong>This page could not be loaded</strong>
        <p>The panel may have been updated meanwhile, or it does not answer.</p>
        <div class="row">
          <Button onClick={() => location.reload()}>Reload</Button>
        </div>
      </div>
    )
  }
}
