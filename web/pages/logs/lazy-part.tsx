import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'

/**
 * A part of the page that is fetched when it is first shown. An update of the panel renames its files, so a page left
 * open may ask for one that is gone: then it offers to reload.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: ComponentType<P> | null = null
  return function LazyPart(props: P): JSX.Element {
    const [state, setState] = useState<'loading' | 'loaded' | 'failed'>(known ? 'loaded' : 'loading')
    useEffect(() => {
      if (known) return
      load().then(
        (part) => {
          known = part
          setState('loaded')
        },
        () => setState('failed'),
      )
    }, [])
    const Part = known
    if (Part && state === 'loaded') return <Part {...props} />
    if (state === 'loading') return <Loading what="Loading" />
    return (
      <div class="note" data-tone="warn" role="alert">
        <strong>This part of the page could not be loaded</strong>
        <p>The panel may have been updated meanwhile, or it does not answer.</p>
        <div class="row">
          <Button size="small" onClick={() => location.reload()}>
            Reload
          </Button>
        </div>
      </div>
    )
  }
}
