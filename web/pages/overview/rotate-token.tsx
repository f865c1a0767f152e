import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TokenSource } from '../../../contract/token.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icons.tsx'
import { lazyPart } from '../../ui/lazy-part.tsx'
import { Loading } from '../../ui/loading.tsx'

/** Fetched with the first sign of a person (overview-page.tsx). */
export const RotateForm = lazyPart(
  async () => (await import('./token-parts.ts')).RotateForm,
  <Loading what="Fetching the form" />,
)

/** The button that replaces the token, once it was said what that means. */
export function RotateToken(props: {
  /** Where the present one is from; undefined when there is none. */
  source: TokenSource | undefined
  reason: string | undefined
}): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const close = (): void => setAsking(false)
  return (
    <>
      <Button reason={props.reason} label="Rotate token" onClick={() => setAsking(true)}>
        <Icon name="rotate" />
        Rotate
      </Button>
      {isAsking && (
        <Dialog title="Rotate the token?" onClose={close}>
          <RotateForm source={props.source ?? 'env'} onClose={close} />
        </Dialog>
      )}
    </>
  )
}
