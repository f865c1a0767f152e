import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { GoBack } from '../../../contract/versions.ts'
import { goBackAndStart, readDifference } from '../../api/versions.ts'
import { configLatestEtag } from '../../state/config.ts'
import { envLatestEtag } from '../../state/env.ts'
import { Button } from '../../ui/button.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { VersionDifferenceView } from '../../ui/version-difference.tsx'
import { FILE_WORDS } from '../../ui/version-words.ts'

const PAGES = { env: '/environment', config: '/configuration' } as const

/** A file is another than the one the gateway last started with: one click brings that back and starts. */
export function GoBackOffer(props: {
  offer: GoBack
  reason: string | undefined
  report: (work: Promise<void>) => void
}): JSX.Element {
  const { offer, reason, report } = props
  const [isShown, setShown] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const name = FILE_WORDS[offer.file]
  const etag = (offer.file === 'env' ? envLatestEtag : configLatestEtag).value
  return (
    <section class="stack-tight" aria-label={`Go back in ${name}`}>
      <p>
        <strong>{name} is not the one it last started with.</strong> With the one before, it answered{' '}
        {formatDateTime(offer.provenAt)}.
      </p>
      <div class="row">
        <Button
          kind="primary"
          label={`Go back and start: ${name}`}
          isBusy={isBusy}
          reason={reason}
          onClick={() => {
            setBusy(true)
            report(goBackAndStart(offer).finally(() => setBusy(false)))
          }}
        >
          Go back and start
        </Button>
        <Button label={`Difference: ${name}`} isPressed={isShown} onClick={() => setShown(!isShown)}>
          Difference
        </Button>
        <a href={PAGES[offer.file]}>All versions</a>
      </div>
      {isShown && (
        <VersionDifferenceView
          id={offer.versionId}
          against="current"
          currentId={etag ?? undefined}
          load={(id, against) => readDifference(offer.file, id, against)}
        />
      )}
      <p class="small muted">
        It writes <code class="break">{offer.path}</code> as it was, and starts the gateway. The file as it is
        now stays among its versions.
      </p>
    </section>
  )
}
